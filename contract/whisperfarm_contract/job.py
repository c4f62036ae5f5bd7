"""A job as the ledger stores it; `job_wire` is the form that callers see."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from whisperfarm_contract.job_labels import NO_LABELS, JobLabels
from whisperfarm_contract.job_policy import DEFAULT_POLICY, JobPolicy
from whisperfarm_contract.options import Options
from whisperfarm_contract.states import JobState

STAGES = ("fetch", "decode", "speech", "transcribe", "align", "diarize", "render")
"""The stages of an attempt, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """The audio of a job in the blob store.

    `duration_s` is `None` while it is unknown. Until the worker has measured it, it may be an
    estimate from the header. `inner_sha256` is the hash of the recording that a second WAV header
    precedes, without that header.
    """

    key: str
    sha256: str
    size_bytes: int
    filename: str = ""
    duration_s: float | None = None
    duration_is_estimated: bool = False
    inner_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The progress of an attempt: the current stage, and the fraction of it done, 0 to 1."""

    stage: str
    fraction: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A legal hold: the time since which nothing of the job may be deleted, and why."""

    since: float
    reason: str


PENDING, APPROVED = "pending", "approved"
"""The values of `Job.approval`."""

SUSPECT_AFTER_DEATHS = 2
"""A job becomes a suspect after this many worker deaths. A single death may have another cause,
such as a machine that was switched off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One recording to transcribe. Times are seconds since 1970 by the ledger's clock.

    `attempt` is the number of claims so far and the fencing token of the current claim. `problem`
    is the problem document of a job that failed or was cancelled, or of the last lost attempt.
    `worker_deaths` is the number of attempts that ended because their worker died. `reply_to` names
    the broker queue that receives the event of the job's end, and what that event has.
    `deadline_at` is the time at which the job fails if it has not ended, `result_deleted_at` the
    time at which its transcript expired and was deleted. `failures` is the number of attempts that
    failed because of the job itself; the job fails when it reaches `max_attempts`. A queued job is
    not dispatched before `available_at`; `None` means at once. `approved_revision` is the number of
    the newest approved revision of the transcript. `key_id` stands for the key or the token that
    submitted the job. `hold` is its legal hold, if it has one.
    """

    id: str
    tenant: str
    state: JobState
    preset: str
    options: Options
    audio: Audio
    created_at: float
    policy: JobPolicy = DEFAULT_POLICY
    labels: JobLabels = NO_LABELS
    attempt: int = 0
    failures: int = 0
    max_attempts: int = 3
    worker_deaths: int = 0
    started_at: float | None = None
    finished_at: float | None = None
    deadline_at: float | None = None
    available_at: float | None = None
    progress: Progress | None = None
    cancel_requested: bool = False
    result_key: str | None = None
    problem: Mapping[str, Any] | None = None
    reply_to: Mapping[str, Any] | None = None
    result_deleted_at: float | None = None
    approved_revision: int | None = None
    key_id: str | None = None
    hold: Hold | None = None

    @property
    def approval(self) -> str | None:
        """Whether the required approval is `pending` or the transcript `approved`.

        `None` if no approval is required, or the job ended without a transcript.
        """
        has_no_transcript = self.state.is_final and self.state is not JobState.SUCCEEDED
        if self.policy.approval is None or has_no_transcript:
            return None
        return PENDING if self.approved_revision is None else APPROVED


_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def from_rfc3339(text: str) -> float:
    """Parse a time with its offset from UTC. Raises `ValueError`."""
    try:
        if _RFC3339.fullmatch(text):
            return datetime.fromisoformat(text.upper()).timestamp()
    except ValueError:
        pass  # the 30th of February, or 25 o'clock
    raise ValueError(
        f"{text!r} is not a time such as 2024-11-20T16:26:40Z; an offset's + is written as %2B in a"
        " URL"
    )


def to_rfc3339(timestamp: float | None) -> str | None:
    """Format a time for callers: RFC 3339 in UTC with milliseconds."""
    if timestamp is None:
        return None
    return (
        datetime.fromtimestamp(timestamp, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )
