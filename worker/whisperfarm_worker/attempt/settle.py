"""Writes the outcomes of attempts to the ledger.

While the ledger is unavailable, outcomes wait in this process, and their attempts hold no slot. The
ledger rejects an outcome if another attempt has the job by then.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType

import structlog

from whisperfarm_contract.attempt_decision import (
    Abandon,
    Cancel,
    Decision,
    Fail,
    Requeue,
    Retry,
    Snooze,
)
from whisperfarm_contract.identifiers import results_of_attempt
from whisperfarm_contract.job import Job
from whisperfarm_contract.outcomes import AttemptOutcome
from whisperfarm_contract.problems import Problem, Unavailable
from whisperfarm_contract.voices import Voice
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import LeaseLost, Ledger

_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Deliver:
    """The transcript is the blob `result_key`. `audio_s` is the audio's length in seconds.

    `speech_s` are the seconds of speech in it. `warnings` are those of the transcript, and
    `result_sha256` is the digest of the blob. `voices` are those of the speakers, if they are kept.
    """

    result_key: str
    audio_s: float
    warnings: tuple[str, ...] = ()
    speech_s: float | None = None
    from_cache: bool = False
    result_sha256: str | None = None
    voices: tuple[Voice, ...] = ()


Outcome = Deliver | Decision

Settled = Callable[[bool], None]
"""Called once an outcome is settled, with whether the ledger accepted it."""


@dataclass(frozen=True, slots=True)
class _Unsettled:
    job: Job
    outcome: Outcome
    then: Settled


class Settlement:
    """Writes outcomes. It calls `report_unavailable` with the problem if the ledger is
    unavailable."""

    def __init__(
        self,
        ledger: Ledger,
        blobs: Blobs,
        *,
        report_unavailable: Callable[[Problem], None] = lambda _: None,
    ) -> None:
        self._ledger = ledger
        self._blobs = blobs
        self._report_unavailable = report_unavailable
        self._unsettled: deque[_Unsettled] = deque()
        self._settling = threading.Lock()

    def settle(self, job: Job, outcome: Outcome, *, then: Settled = lambda _: None) -> None:
        """End the attempt, or keep its outcome if the ledger is unavailable.

        Calls `then` once the outcome is settled. If the lease was lost, what the attempt
        stored is deleted.
        """
        try:
            accepted = self._settle(job, outcome)
        except Unavailable as problem:
            events.attempt.settle_postponed.log(outcome=_name(outcome).value, error=problem.detail)
            self._unsettled.append(_Unsettled(job, outcome, then))
            self._report_unavailable(problem)
        else:
            then(accepted)

    def settle_postponed(self) -> None:
        """Settle the kept outcomes in order. Stops if the ledger is unavailable."""
        with self._settling:
            while self._unsettled:
                unsettled = self._unsettled[0]
                job = unsettled.job
                with structlog.contextvars.bound_contextvars(job=job.id, attempt=job.attempt):
                    try:
                        accepted = self._settle(job, unsettled.outcome)
                    except Unavailable:
                        return
                    self._unsettled.popleft()
                    unsettled.then(accepted)

    def finish(self, *, within_s: float) -> None:
        """Settle the kept outcomes, for at most `within_s` seconds, before the process ends."""
        end = time.monotonic() + within_s
        while self._unsettled and time.monotonic() < end:
            self.settle_postponed()
            time.sleep(_POLL_S)

    def _settle(self, job: Job, outcome: Outcome) -> bool:
        """Write the outcome. Returns whether the ledger accepted it. Raises `Unavailable`."""
        name = _name(outcome).value
        try:
            self._write(job, outcome)
        except Unavailable:
            raise
        except LeaseLost:
            events.attempt.stale.log(preset=job.preset, outcome=name)
            self._delete_stale_result(job, outcome)
        except Exception as error:
            # The lease expires, and the job is rescued.
            events.attempt.settle_failed.log(preset=job.preset, outcome=name, error=str(error))
        else:
            events.attempt.ended.log(preset=job.preset, outcome=name, **_reason(outcome))
            return True
        return False

    def _write(self, job: Job, outcome: Outcome) -> None:
        attempts, attempt = self._ledger.attempts, job.attempt
        match outcome:
            case Deliver(result_key, audio_s, warnings, speech_s, _, result_sha256, voices):
                attempts.succeed(
                    job.id,
                    attempt=attempt,
                    result_key=result_key,
                    audio_s=audio_s,
                    speech_s=speech_s,
                    warnings=warnings,
                    result_sha256=result_sha256,
                    voices=voices,
                )
            case Fail(problem):
                attempts.fail(job.id, attempt=attempt, problem=problem)
            case Retry(problem, delay_s):
                attempts.requeue(
                    job.id, attempt=attempt, problem=problem, counts=True, delay_s=delay_s
                )
            case Snooze(problem, delay_s):
                attempts.requeue(job.id, attempt=attempt, problem=problem, delay_s=delay_s)
            case Requeue():
                attempts.requeue(job.id, attempt=attempt)
            case Cancel() | Abandon():
                pass  # the ledger has ended the job or the lease already

    def _delete_stale_result(self, job: Job, outcome: Outcome) -> None:
        """Delete what an attempt stored that is no longer current.

        If the ledger's reply to `succeed` was lost, a second call raises `LeaseLost` although the
        job has this transcript: then it stays.
        """
        if isinstance(outcome, Deliver):
            with suppress(Exception):
                if self._ledger.jobs.get(job.id).result_key != outcome.result_key:
                    for key in results_of_attempt(outcome.result_key):
                        self._blobs.delete(key)


_NAMES: Mapping[type[Outcome], AttemptOutcome] = MappingProxyType(
    {
        Deliver: AttemptOutcome.SUCCEEDED,
        Fail: AttemptOutcome.FAILED,
        Retry: AttemptOutcome.RETRIED,
        Snooze: AttemptOutcome.SNOOZED,
        Requeue: AttemptOutcome.REQUEUED,
        Cancel: AttemptOutcome.CANCELLED,
        Abandon: AttemptOutcome.ABANDONED,
    }
)


def _name(outcome: Outcome) -> AttemptOutcome:
    """Return the outcome's name for logs and metrics."""
    return _NAMES[type(outcome)]


def _reason(outcome: Outcome) -> dict[str, str]:
    if isinstance(outcome, Fail | Retry | Snooze):
        return {"problem": outcome.problem.name, "detail": outcome.problem.detail}
    return {}
