"""A worker that ends every job at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm
from whisperfarm_contract.transcript import Transcript

PAUSE_S = 0.005


@contextmanager
def answering(farm: DispatcherFarm, transcript: Transcript = HELLO) -> Iterator[None]:
    """Run a worker until the block ends. Each job that was not cancelled gets the transcript."""
    stop = threading.Event()
    thread = threading.Thread(target=_work, args=(farm, transcript, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _work(farm: DispatcherFarm, transcript: Transcript, stop: threading.Event) -> None:
    done = 0
    while not stop.wait(PAUSE_S):
        for job_id, _ in farm.publisher.now[done:]:
            done += 1
            job = farm.deps.ledger.attempts.claim(job_id, worker="w", lease_s=60)
            if job is not None:
                farm.succeed(job, transcript)
