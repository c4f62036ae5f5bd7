"""Runs calls concurrently."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event
from typing import TypeVar

Answer = TypeVar("Answer")


def run_concurrently(count: int, act: Callable[[int], Answer]) -> list[Answer]:
    """Return `act(0)`, `act(1)` ... with all calls started at the same moment."""
    start = Barrier(count, timeout=30)

    def run(number: int) -> Answer:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@contextmanager
def repeated(act: Callable[[], object], *, every_s: float) -> Iterator[None]:
    """Call `act` in a thread, every `every_s` seconds until the block ends. Raises what it raised,
    after the block."""
    stop = Event()

    def run() -> None:
        while not stop.wait(every_s):
            act()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        try:
            yield
        finally:
            stop.set()
        running.result()
