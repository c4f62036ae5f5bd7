"""A job, as the ledger keeps it and as callers see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from whisperfarm_contract.job_policy import AS_USUAL, Terms
from whisperfarm_contract.options import Options
from whisperfarm_contract.states import State

STAGES = ("fetch", "decode", "speech", "transcribe", "align", "diarize", "render")
"""The stages of an attempt, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """The audio of a job as it lies in the blob store. `seconds` is known once it was measured."""

    key: str
    sha256: str
    size_bytes: int
    filename: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an attempt is: the stage, and how much of that stage is done, 0 to 1."""

    stage: str
    done: float = 0.0


SUSPECT_FROM_KILLS = 2
"""So many workers died under a job: once, a machine may have gone away; twice is suspicious."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One recording to transcribe. Times are seconds since 1970 by the ledger's clock.

    `attempt` is the number of claims so far, and the fencing token of the present one. `problem`
    is the problem document of a job that failed or was cancelled, or of the last lost attempt.
    `kills` is how many attempts ended because their worker was not heard of any more. `reply` says
    which queue of the broker is told of the end. `deadline_at` is when the job must have ended,
    `swept_at` when its transcript was deleted because it was old.
    """

    id: str
    tenant: str
    state: State
    preset: str
    options: Options
    audio: Audio
    created_at: float
    terms: Terms = AS_USUAL
    attempt: int = 0
    max_attempts: int = 3
    kills: int = 0
    started_at: float | None = None
    finished_at: float | None = None
    deadline_at: float | None = None
    progress: Progress | None = None
    cancel_asked: bool = False
    result_key: str | None = None
    problem: Mapping[str, Any] | None = None
    reply: Mapping[str, Any] | None = None
    swept_at: float | None = None

    def to_wire(self) -> dict[str, Any]:
        """What callers see: nothing of tenants, keys or workers."""
        return {
            "id": self.id,
            "state": self.state.value,
            "model": self.preset,
            "options": self.options.to_wire(),
            "terms": self.terms.to_wire(),
            "audio": {
                "filename": self.audio.filename,
                "sha256": self.audio.sha256,
                "size_bytes": self.audio.size_bytes,
                "seconds": self.audio.seconds,
            },
            "attempt": self.attempt,
            "max_attempts": self.max_attempts,
            "created_at": iso(self.created_at),
            "started_at": iso(self.started_at),
            "finished_at": iso(self.finished_at),
            "deadline_at": iso(self.deadline_at),
            "progress": _progress_to_wire(self.progress),
            "cancel_asked": self.cancel_asked,
            "problem": None if self.problem is None else dict(self.problem),
        }


def iso(seconds: float | None) -> str | None:
    """A time as callers see it: RFC 3339, in UTC, with milliseconds."""
    if seconds is None:
        return None
    return (
        datetime.fromtimestamp(seconds, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )


def _progress_to_wire(progress: Progress | None) -> dict[str, Any] | None:
    return None if progress is None else {"stage": progress.stage, "done": round(progress.done, 3)}
