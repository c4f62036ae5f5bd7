"""A worker that ends every job at once."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import Problem
from whisperfarm_contract.transcript import Transcript
from whisperfarm_store.ledger import LeaseLost

PAUSE_S = 0.005


@contextmanager
def answering(
    farm: DispatcherFarm,
    transcript: Transcript = HELLO,
    *,
    problem_of: Callable[[Job], Problem | None] = lambda _: None,
) -> Iterator[None]:
    """Run a worker until the block ends. Each job that was not cancelled gets the transcript.

    A job for which `problem_of` returns a problem fails with it instead.
    """
    stop = threading.Event()
    thread = threading.Thread(target=_work, args=(farm, transcript, problem_of, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _work(
    farm: DispatcherFarm,
    transcript: Transcript,
    problem_of: Callable[[Job], Problem | None],
    stop: threading.Event,
) -> None:
    done = 0
    while not stop.wait(PAUSE_S):
        for job_id, _ in farm.publisher.now[done:]:
            done += 1
            job = farm.deps.ledger.attempts.claim(job_id, worker="w", lease_s=60)
            if job is None:
                continue
            problem = problem_of(job)
            with suppress(LeaseLost):  # it was cancelled meanwhile
                if problem is None:
                    farm.succeed(job, transcript)
                else:
                    farm.fail(job, problem)
