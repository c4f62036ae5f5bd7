"""Forwards: what an edge farm sends to a hub farm, which transcribes the recording again."""

from enum import StrEnum


class ForwardState(StrEnum):
    """How far the forward of a job is.

    - `WAITING`: the hub does not have the whole recording
    - `SENT`: the hub has a job
    - `SUCCEEDED`: the hub's transcript is a revision of the job
    - `FAILED`: the hub refused the recording, or its job failed
    - `CANCELLED`: nothing was sent, because the job was erased or ended without a transcript
    - `ERASING`, `ERASED`: the job was erased, and the hub deletes what it has of it
    """

    WAITING = "waiting"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ERASING = "erasing"
    ERASED = "erased"


OPEN = frozenset({ForwardState.WAITING, ForwardState.SENT, ForwardState.ERASING})
"""States in which the edge has something to do."""

MAX_CHUNK_BYTES = 8 << 20
"""Most bytes of a recording in one request of a transfer."""

OFFSET_HEADER = "Upload-Offset"
"""Header with the first byte of a chunk, as in the protocol tus."""
