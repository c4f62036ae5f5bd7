"""The kinds of entries."""

from enum import StrEnum


class Kind(StrEnum):
    """What an entry describes."""

    ACCEPTED = "accepted"
    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REQUEUED = "requeued"
    REVISED = "revised"
    FORWARDED = "forwarded"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"
    ERASED = "erased"
    HELD = "held"
    RELEASED = "released"
    EXPORTED = "exported"
