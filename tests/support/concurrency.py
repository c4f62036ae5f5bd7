"""Runs calls concurrently."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
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
