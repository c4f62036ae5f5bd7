"""Answers about jobs, batches, presets and pauses: their types, and checks of the documents.

The types list the members that are checked. The documents have more: docs/reference/http-api.md.
"""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from whisperfarm_client.documents import (
    boolean,
    identifier,
    integer,
    list_of,
    number,
    object_of,
    optional,
    state,
    text,
    time_s,
)
from whisperfarm_contract import problems
from whisperfarm_contract.problems import Problem
from whisperfarm_contract.states import JobState


class Audio(TypedDict):
    """A job's recording."""

    filename: str
    duration_s: NotRequired[float | None]


class Progress(TypedDict):
    """How far a running job is: the stage, and the fraction of it that is done, 0 to 1."""

    stage: str
    fraction: float


class JobProblem(TypedDict):
    """Why a job failed."""

    name: NotRequired[str]
    detail: NotRequired[str]


class PartialSegment(TypedDict):
    """Provisional text of a running job, without a speaker."""

    start: float
    end: float
    channel: int
    language: str
    text: str


class Partial(TypedDict):
    """Segments decided since the last event. `voids_earlier`: drop all that came before."""

    attempt: int
    voids_earlier: bool
    segments: list[PartialSegment]


class Job(TypedDict):
    """A job. `ahead` and `starts_in_s` are the position in the queue of one that is queued,
    `partial` is in events alone, and `excerpt` is HTML, of one that was found by its text."""

    id: str
    state: str
    model: str
    created_at: str
    audio: Audio
    reference: NotRequired[str | None]
    metadata: NotRequired[dict[str, Any] | None]
    problem: NotRequired[JobProblem | None]
    progress: NotRequired[Progress | None]
    ahead: NotRequired[dict[str, Any] | None]
    starts_in_s: NotRequired[float | None]
    partial: NotRequired[Partial | None]
    excerpt: NotRequired[str]


def problem_of(job: Job) -> Problem:
    """Return why a job that has ended did not succeed."""
    unnamed = {"name": "job-not-successful", "detail": f"the job ended as {job['state']}"}
    return problems.from_wire(job.get("problem") or unnamed)


class Batch(TypedDict):
    """The jobs of a batch: their number in each state and in `total`, and their audio."""

    id: str
    jobs: dict[str, int]
    audio_s: dict[str, float]
    created_at: str
    changed_at: str


class Preset(TypedDict):
    """A preset of the farm."""

    name: str
    description: str
    models: dict[str, str | None]
    align: bool
    languages: list[str]
    is_served: bool
    is_default: bool


class Pause(TypedDict):
    """What is paused: a preset, or with `None` the whole farm."""

    preset: str | None
    accept: bool
    dispatch: bool
    reason: str
    retry_after_s: int
    paused_at: str


class Revision(TypedDict):
    """A revision of a job's transcript."""

    number: int
    kind: str
    author: str
    created_at: str
    tags: list[str]
    parent: NotRequired[int | None]
    note: NotRequired[str | None]


class Revisions(TypedDict):
    """The revisions of a job's transcript. `default` is the number of the one that is final."""

    revisions: list[Revision]
    default: int
    approval: NotRequired[str | None]


_PARTIAL = object_of(
    {
        "attempt": integer,
        "voids_earlier": boolean,
        "segments": list_of(
            object_of(
                {"start": time_s, "end": time_s, "channel": integer, "language": text, "text": text}
            )
        ),
    }
)

JOB = object_of(
    {
        "id": identifier,
        "state": state,
        "model": text,
        "created_at": text,
        "audio": object_of({"filename": text}, {"duration_s": optional(number)}),
    },
    {
        "reference": optional(text),
        "metadata": optional(object_of({})),
        "problem": optional(object_of({}, {"name": text, "detail": text})),
        "progress": optional(object_of({"stage": text, "fraction": number})),
        "ahead": optional(object_of({}, {"jobs": integer})),
        "starts_in_s": optional(number),
        "partial": optional(_PARTIAL),
    },
)

REVISION = object_of(
    {
        "number": integer,
        "kind": text,
        "author": text,
        "created_at": text,
        "tags": list_of(text),
    },
    {"parent": optional(integer), "note": optional(text)},
)

REVISIONS = object_of(
    {"revisions": list_of(REVISION), "default": integer}, {"approval": optional(text)}
)

PAGE = object_of({"jobs": list_of(JOB), "next": optional(identifier)})

FORWARD = object_of(
    {"state": text, "sent_bytes": integer, "tries": integer},
    {"hub_job": optional(text), "problem": optional(object_of({})), "last_error": optional(text)},
)

HOLD_CHANGES = object_of({"jobs": integer})

BATCH = object_of(
    {
        "id": text,
        "jobs": object_of(dict.fromkeys(("total", *JobState), integer)),
        "audio_s": object_of({"total": number, "transcribed": number}),
        "created_at": text,
        "changed_at": text,
    }
)

_PAUSE = object_of(
    {
        "preset": optional(text),
        "accept": boolean,
        "dispatch": boolean,
        "reason": text,
        "retry_after_s": integer,
        "paused_at": text,
    }
)

PAUSES = object_of({"pauses": list_of(_PAUSE)})

_PRESET = object_of(
    {
        "name": text,
        "description": text,
        "models": object_of(
            {"speech": text}, {"aligner": optional(text), "diarizer": optional(text)}
        ),
        "align": boolean,
        "languages": list_of(text),
        "is_served": boolean,
        "is_default": boolean,
    }
)

PRESETS = object_of({"presets": list_of(_PRESET)})


def progress(job: Job) -> tuple[str, float]:
    """Return a job's stage and the fraction of it that is done; before it runs, its state."""
    current = job.get("progress")
    return (_queue_text(job), 0.0) if current is None else (current["stage"], current["fraction"])


def _queue_text(job: Job) -> str:
    """Return the state, with the queue position if the farm reports it."""
    ahead: Mapping[str, Any] | None = job.get("ahead")
    if ahead is None:
        return job["state"]
    position = f"{job['state']}, {ahead.get('jobs', '?')} ahead"
    starts_in_s = job.get("starts_in_s")
    return position if starts_in_s is None else f"{position}, starts in about {starts_in_s:.0f} s"
