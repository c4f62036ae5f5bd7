"""Ledger writes by a worker whose lease has expired and whose job another worker has claimed."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.jobs import new_job
from whisperfarm_contract.problems import WorkerLost
from whisperfarm_store.ledger import LeaseLost, Ledger

_STALE = 1
_CURRENT = 2


@dataclass(slots=True)
class StaleWriteCounts:
    """Counts of stale writes. `accepted` and `overwritten` must be 0."""

    trials: int = 0
    rejected: int = 0
    accepted: int = 0
    overwritten: int = 0


def stale_writes(ledger: Ledger, count: int, rng: random.Random) -> StaleWriteCounts:
    """Run `count` jobs. For each, a stale worker writes while the current worker finishes it."""
    counts = StaleWriteCounts()
    for number in range(count):
        _try(ledger, f"stale-{number:06d}", rng, counts)
    return counts


def _try(ledger: Ledger, job_id: str, rng: random.Random, counts: StaleWriteCounts) -> None:
    _reclaim_by_another_worker(ledger, job_id)
    rejected: list[bool] = []
    write = rng.choice(_WRITES)
    stale = threading.Thread(target=lambda: rejected.append(_is_rejected(ledger, job_id, write)))
    stale_first = rng.random() < 0.5
    if stale_first:
        stale.start()
    ledger.attempts.succeed(job_id, attempt=_CURRENT, result_key="current", audio_s=1.0)
    if not stale_first:
        stale.start()
    stale.join()
    counts.trials += 1
    counts.rejected += rejected == [True]
    counts.accepted += rejected != [True]
    counts.overwritten += ledger.jobs.get(job_id).result_key != "current"


def _reclaim_by_another_worker(ledger: Ledger, job_id: str) -> None:
    """Let the lease of a first worker expire, and claim the job for a second one."""
    ledger.jobs.insert(new_job(job_id))
    assert ledger.attempts.claim(job_id, worker="stale", lease_s=-1) is not None
    ledger.dispatch.rescue(redispatch_after_s=1000)
    taken = ledger.attempts.claim(job_id, worker="current", lease_s=60)
    assert taken is not None
    assert taken.attempt == _CURRENT


def _is_rejected(ledger: Ledger, job_id: str, write: Callable[[Ledger, str], bool]) -> bool:
    try:
        return write(ledger, job_id)
    except LeaseLost:
        return True


def _succeed(ledger: Ledger, job_id: str) -> bool:
    ledger.attempts.succeed(job_id, attempt=_STALE, result_key="stale", audio_s=1.0)
    return False


def _fail(ledger: Ledger, job_id: str) -> bool:
    ledger.attempts.fail(job_id, attempt=_STALE, problem=WorkerLost())
    return False


def _requeue(ledger: Ledger, job_id: str) -> bool:
    ledger.attempts.requeue(job_id, attempt=_STALE)
    return False


def _heartbeat(ledger: Ledger, job_id: str) -> bool:
    return not ledger.attempts.heartbeat(job_id, attempt=_STALE, lease_s=1000).held


_WRITES = (_succeed, _fail, _requeue, _heartbeat)
