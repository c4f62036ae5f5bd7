"""A job, as the ledger keeps it; `job_wire` is how callers see it."""

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
"""A job becomes a suspect when this many workers have died while it ran. One may have died for
reasons of its own, such as a machine that was switched off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One recording to transcribe. Times are seconds since 1970 by the ledger's clock.

    `attempt` is the number of claims so far, and the fencing token of the present one. `problem`
    is the problem document of a job that failed or was cancelled, or of the last lost attempt.
    `kills` is how many attempts ended because their worker was not heard of any more. `reply` says
    which queue of the broker is told of the end. `deadline_at` is when the job must have ended,
    `swept_at` when its transcript was deleted because it was old. `failures` is how many attempts
    failed by the job itself; it fails when they reach `max_attempts`. `available_at` is the time
    before which a queued job is not dispatched; `None` means at once.
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
    failures: int = 0
    max_attempts: int = 3
    kills: int = 0
    started_at: float | None = None
    finished_at: float | None = None
    deadline_at: float | None = None
    available_at: float | None = None
    progress: Progress | None = None
    cancel_asked: bool = False
    result_key: str | None = None
    problem: Mapping[str, Any] | None = None
    reply: Mapping[str, Any] | None = None
    swept_at: float | None = None


def iso(seconds: float | None) -> str | None:
    """A time as callers see it: RFC 3339, in UTC, with milliseconds."""
    if seconds is None:
        return None
    return (
        datetime.fromtimestamp(seconds, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )
