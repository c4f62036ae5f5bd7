"""Workers that write when their lease has long been another's, at the level of the ledger."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.jobs import new_job
from whisperfarm_contract.problems import WorkerLost
from whisperfarm_store.ledger import LeaseLost, Ledger

_LATE = 1
_PRESENT = 2


@dataclass(slots=True)
class Count:
    """How it went: `accepted` are late writes that changed something, and must be none."""

    trials: int = 0
    refused: int = 0
    accepted: int = 0
    ended_wrongly: int = 0


def stale_writes(ledger: Ledger, count: int, chance: random.Random) -> Count:
    """So many jobs, each with a late worker that writes while the present one ends it."""
    counted = Count()
    for number in range(count):
        _try(ledger, f"late-{number:06d}", chance, counted)
    return counted


def _try(ledger: Ledger, job_id: str, chance: random.Random, counted: Count) -> None:
    _hand_over(ledger, job_id)
    refused: list[bool] = []
    write = chance.choice(_WRITES)
    late = threading.Thread(target=lambda: refused.append(_is_refused(ledger, job_id, write)))
    late_first = chance.random() < 0.5
    if late_first:
        late.start()
    ledger.attempts.succeed(job_id, attempt=_PRESENT, result_key="present", audio_s=1.0)
    if not late_first:
        late.start()
    late.join()
    counted.trials += 1
    counted.refused += refused == [True]
    counted.accepted += refused != [True]
    counted.ended_wrongly += ledger.jobs.get(job_id).result_key != "present"


def _hand_over(ledger: Ledger, job_id: str) -> None:
    """The first worker falls silent, and a second one takes the job."""
    ledger.jobs.insert(new_job(job_id))
    assert ledger.attempts.claim(job_id, worker="late", lease_s=-1) is not None
    ledger.dispatch.rescue(redispatch_after_s=1000)
    taken = ledger.attempts.claim(job_id, worker="present", lease_s=60)
    assert taken is not None
    assert taken.attempt == _PRESENT


def _is_refused(ledger: Ledger, job_id: str, write: Callable[[Ledger, str], bool]) -> bool:
    try:
        return write(ledger, job_id)
    except LeaseLost:
        return True


def _succeed(ledger: Ledger, job_id: str) -> bool:
    ledger.attempts.succeed(job_id, attempt=_LATE, result_key="late", audio_s=1.0)
    return False


def _fail(ledger: Ledger, job_id: str) -> bool:
    ledger.attempts.fail(job_id, attempt=_LATE, problem=WorkerLost())
    return False


def _requeue(ledger: Ledger, job_id: str) -> bool:
    ledger.attempts.requeue(job_id, attempt=_LATE)
    return False


def _beat(ledger: Ledger, job_id: str) -> bool:
    return not ledger.attempts.heartbeat(job_id, attempt=_LATE, lease_s=1000).held


_WRITES = (_succeed, _fail, _requeue, _beat)
