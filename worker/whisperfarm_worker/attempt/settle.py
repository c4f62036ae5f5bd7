"""How an attempt ends: each outcome is written to the ledger here and nowhere else."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from whisperfarm_contract.job import Job
from whisperfarm_contract.outcomes import AttemptOutcome
from whisperfarm_contract.problems import FarmUnavailable, Problem
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import LeaseLost
from whisperfarm_worker.attempt.retry import CallOff, Decision, Fail, GiveBack, Leave, PutOff, Retry

_PAUSES_S = (0.2, 1.0, 3.0, 5.0)
"""A ledger that is away for a moment shall not cost the attempt."""


class Endings(Protocol):
    """The part of the ledger that ends attempts. Each raises `LeaseLost` when it is not ours."""

    def get(self, job_id: str) -> Job:
        """The job as it is."""

    def succeed(self, job_id: str, *, attempt: int, result_key: str, audio_s: float) -> None:
        """The transcript is there."""

    def fail(self, job_id: str, *, attempt: int, problem: Problem) -> None:
        """The job can not be done."""

    def cancelled(self, job_id: str, *, attempt: int) -> None:
        """The job was called off."""

    def give_back(self, job_id: str, *, attempt: int, problem: Problem | None = None) -> None:
        """The attempt is over without an end."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """The transcript lies in the blob store."""

    result_key: str
    audio_s: float
    from_cache: bool = False


Outcome = Deliver | Decision


class Settlement:
    """Writes outcomes. `pause` is told how many seconds to wait before it is tried again."""

    def __init__(
        self, endings: Endings, blobs: Blobs, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._endings = endings
        self._blobs = blobs
        self._pause = pause

    def settle(self, job: Job, outcome: Outcome) -> bool:
        """End the attempt; whether the ledger took it. An attempt that is somebody else's by now
        leaves nothing behind."""
        try:
            self._patiently(lambda: self._write(job, outcome))
        except LeaseLost:
            events.attempt.stale.log(preset=job.preset, outcome=_name(outcome))
            self._forget(job, outcome)
        except Exception as error:
            # The lease runs out, and the job is given out again.
            events.attempt.settle_failed.log(
                preset=job.preset, outcome=_name(outcome), error=str(error)
            )
        else:
            events.attempt.ended.log(preset=job.preset, outcome=_name(outcome), **_reason(outcome))
            return True
        return False

    def _patiently(self, write: Callable[[], None]) -> None:
        for pause_s in _PAUSES_S:
            try:
                return write()
            except FarmUnavailable as error:
                events.ledger.unavailable.log(error=str(error), retry_in_s=pause_s)
                self._pause(pause_s)
        return write()

    def _write(self, job: Job, outcome: Outcome) -> None:
        endings, attempt = self._endings, job.attempt
        match outcome:
            case Deliver(result_key, audio_s, _):
                endings.succeed(job.id, attempt=attempt, result_key=result_key, audio_s=audio_s)
            case Fail(problem):
                endings.fail(job.id, attempt=attempt, problem=problem)
            case Retry(problem) | PutOff(problem):
                endings.give_back(job.id, attempt=attempt, problem=problem)
            case GiveBack():
                endings.give_back(job.id, attempt=attempt)
            case CallOff():
                endings.cancelled(job.id, attempt=attempt)
            case Leave():
                pass

    def _forget(self, job: Job, outcome: Outcome) -> None:
        """Delete a transcript that came too late, unless the ledger has taken it after all.

        The ledger's answer may be lost on its way; asked again, it says that the attempt is over.
        """
        if isinstance(outcome, Deliver):
            with suppress(Exception):
                if self._endings.get(job.id).result_key != outcome.result_key:
                    self._blobs.delete(outcome.result_key)


_NAMES: Mapping[type[Outcome], AttemptOutcome] = MappingProxyType(
    {
        Deliver: AttemptOutcome.SUCCEEDED,
        Fail: AttemptOutcome.FAILED,
        Retry: AttemptOutcome.RETRIED,
        PutOff: AttemptOutcome.SNOOZED,
        GiveBack: AttemptOutcome.REQUEUED,
        CallOff: AttemptOutcome.CANCELLED,
        Leave: AttemptOutcome.ABANDONED,
    }
)


def _name(outcome: Outcome) -> str:
    """What became of the attempt, in the logs and the metrics."""
    return _NAMES[type(outcome)]


def _reason(outcome: Outcome) -> dict[str, str]:
    if isinstance(outcome, Fail | Retry | PutOff):
        return {"problem": outcome.problem.name, "detail": outcome.problem.detail}
    return {}
