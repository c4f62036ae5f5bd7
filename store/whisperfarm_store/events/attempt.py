"""An attempt from its claim to its end."""

from collections.abc import Mapping
from logging import ERROR, INFO, WARNING

from whisperfarm_store.events.event import ATTEMPT, WORKER, event


@event(WARNING, WORKER)
def claim_failed(*, job: str, error: str) -> None:
    """An error prevented the claim. The job stays queued and reaches a worker again."""


@event(INFO, WORKER)
def claim_rejected(*, job: str) -> None:
    """The job cannot be claimed: it has ended, or another worker has it. Its message is dropped."""


@event(INFO, WORKER)
def isolated(*, job: str) -> None:
    """The job is a suspect: it waits until it can run alone."""


@event(INFO, WORKER, bound=ATTEMPT)
def started(*, preset: str, lane: str, waited_s: float | None, objective_s: float) -> None:
    """The job is claimed. `waited_s`: from acceptance to the first attempt, null for later ones;
    `objective_s`: how long the jobs of its lane should wait at most."""


@event(INFO, WORKER, bound=ATTEMPT)
def stopped(*, error: str) -> None:
    """The attempt ended early. `error`: a problem's class, or a reason such as `LeaseLost`."""


@event(ERROR, WORKER, bound=ATTEMPT, traceback=True)
def error(*, error: str) -> None:
    """An unexpected error ended the attempt."""


@event(INFO, WORKER, bound=ATTEMPT)
def transcribed(
    *, preset: str, engine: str, audio_s: float, took_s: float, stage_s: Mapping[str, float]
) -> None:
    """The transcript is complete. `took_s` is the time in all stages, `stage_s` in each."""


@event(WARNING, WORKER, bound=ATTEMPT)
def peaks_failed(*, error: str) -> None:
    """The peaks of the recording could not be stored: the job has a transcript and no waveform."""


@event(INFO, WORKER, bound=ATTEMPT)
def ended(*, preset: str, outcome: str, problem: str = "", detail: str = "") -> None:
    """The outcome is in the ledger. `problem` and `detail` are absent if the attempt succeeded."""


@event(WARNING, WORKER, bound=ATTEMPT)
def stale(*, preset: str, outcome: str) -> None:
    """The job belongs to another attempt now: `outcome` was not written."""


@event(WARNING, WORKER, bound=ATTEMPT)
def settle_postponed(*, outcome: str, error: str) -> None:
    """The ledger is unavailable: the outcome is kept, and written once the ledger is back."""


@event(ERROR, WORKER, bound=ATTEMPT)
def settle_failed(*, preset: str, outcome: str, error: str) -> None:
    """The outcome could not be written. The lease expires, and the job is rescued."""


@event(INFO, WORKER)
def requeued(*, job: str, attempt: int, preset: str) -> None:
    """The worker stops before the attempt has ended, and requeues the job."""


@event(ERROR, WORKER)
def requeue_failed(*, job: str, error: str) -> None:
    """The job could not be requeued. The lease expires, and the job is rescued."""
