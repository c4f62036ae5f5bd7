"""One revision of a job's transcript, and the choice among several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from whisperfarm_contract.problems import RevisionNotFound

MACHINE_NUMBER = 1
"""The number of the machine's own result. It exists without a record of its own."""

MAX_REVISIONS = 200
"""Most revisions of one job."""


class RevisionKind(StrEnum):
    """How a revision was made, in the order of rank: the last one ranks highest."""

    MACHINE = "machine"
    HUB = "hub"
    CORRECTED = "corrected"
    APPROVED = "approved"

    @property
    def rank(self) -> int:
        return list(RevisionKind).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One transcript of a job. It never changes.

    `key` is its blob, `parent` the number of the revision that it was made from, and `author` the
    caller that made it, such as `key:3f2a9c1e42`. `created_at` is in seconds since 1970.
    """

    number: int
    kind: RevisionKind
    key: str
    author: str
    created_at: float
    parent: int | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()
    size_bytes: int | None = None
    sha256: str | None = None


def get_revision(revisions: Iterable[Revision], number: int) -> Revision:
    """Return the revision of this number. Raises `RevisionNotFound`."""
    for revision in revisions:
        if revision.number == number:
            return revision
    raise RevisionNotFound(
        f"the job has no revision {number}; GET /v1/jobs/<id>/revisions lists them"
    )


def default_revision(revisions: Iterable[Revision]) -> Revision:
    """Return the revision of the highest rank, the newest within a rank."""
    return max(revisions, key=lambda one: (one.kind.rank, one.number))


def follower(revisions: Iterable[Revision], number: int) -> Revision | None:
    """Return the correction or approval that was made from the revision, if there is one.

    There is at most one: a second one would lose what the first one changed.
    """
    followers = (one for one in revisions if one.parent == number and is_by_person(one.kind))
    return next(followers, None)


def newest_of_line(revisions: Sequence[Revision], number: int) -> Revision:
    """Return the last of the corrections and approvals that follow one another from a revision.

    It is the revision itself if there are none. Raises `RevisionNotFound`.
    """
    newest = get_revision(revisions, number)
    while (next_one := follower(revisions, newest.number)) is not None:
        newest = next_one
    return newest


def is_by_person(kind: RevisionKind) -> bool:
    """Whether a person makes revisions of this kind."""
    return kind in {RevisionKind.CORRECTED, RevisionKind.APPROVED}
