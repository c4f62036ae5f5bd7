"""What a check of ledger and blob store finds."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of inconsistencies."""

    MISSING = "missing"
    WRONG_SIZE = "wrong-size"
    CHANGED = "changed"
    PLAIN = "plain"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """A blob that should exist and does not, or the reverse. `job_id` is `None` for an orphan."""

    kind: Kind
    key: str
    job_id: str | None
    detail: str
