"""The partial segments in the events of a job, and how far a stream has sent them."""

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from whisperfarm_contract.identifiers import checkpoint_key
from whisperfarm_contract.job import STAGES, Job
from whisperfarm_contract.partial_segments import PartialSegment, from_checkpoint
from whisperfarm_contract.states import JobState
from whisperfarm_store.blobs import Blobs

MAX_SEGMENTS = 100
"""Segments of one event. More are sent in further events."""

MAX_CHECKPOINT_BYTES = 16 * 2**20

_CURSOR = re.compile(r"(?P<snapshot>.*)/(?P<attempt>\d{1,6})\.(?P<sent>\d{1,6})", re.ASCII)
_STAGES_WITH_TEXT = STAGES[STAGES.index("transcribe") :]


class Cursor(NamedTuple):
    """How many windows of an attempt a stream has sent. `str` is the end of an event's id."""

    attempt: int = 0
    sent: int = 0

    def __str__(self) -> str:
        return f"{self.attempt}.{self.sent}"


def split_event_id(event_id: str | None) -> tuple[str | None, Cursor]:
    """Return the snapshot and the cursor in an event's id. One of another form has no cursor."""
    match = _CURSOR.fullmatch(event_id or "")
    if match is None:
        return event_id, Cursor()
    return match["snapshot"], Cursor(int(match["attempt"]), int(match["sent"]))


def read(blobs: Blobs, job: Job) -> Sequence[PartialSegment]:
    """Return what the running attempt has decided and saved; nothing if that cannot be read."""
    stage = job.progress.stage if job.progress else ""
    if job.state is not JobState.RUNNING or stage not in _STAGES_WITH_TEXT:
        return []
    try:
        with blobs.open(checkpoint_key(job.tenant, job.id, job.attempt)) as file:
            return from_checkpoint(json.loads(file.read(MAX_CHECKPOINT_BYTES)))
    except Exception:  # there is none now, or the blob store is unavailable
        return []


def advance(
    job: Job, cursor: Cursor, decided: Sequence[PartialSegment]
) -> tuple[Cursor, dict[str, Any] | None]:
    """Return the cursor after the next event, and its member `partial`, if it has one."""
    voids_earlier = cursor.sent > 0 and cursor.attempt != job.attempt and not job.state.is_final
    if cursor.attempt != job.attempt and not job.state.is_final:
        cursor = Cursor(job.attempt)
    new = decided[cursor.sent : cursor.sent + MAX_SEGMENTS]
    after = Cursor(cursor.attempt, cursor.sent + len(new))
    segments = [one._asdict() for one in new if one.text]
    if not segments and not voids_earlier:
        return after, None
    partial = {"attempt": job.attempt, "voids_earlier": voids_earlier, "segments": segments}
    return after, partial
