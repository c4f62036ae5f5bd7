"""Which revision is the default, and which one follows another."""

import pytest

from whisperfarm_contract.problems import RevisionNotFound
from whisperfarm_contract.revisions import revision_wire
from whisperfarm_contract.revisions.revision import (
    Revision,
    RevisionKind,
    default_revision,
    follower,
    get_revision,
    newest_of_line,
)


def revisions(*kinds: str, parents: dict[int, int] | None = None) -> list[Revision]:
    """Return revisions of these kinds, each made from the one before unless `parents` says."""
    return [
        Revision(
            number=number,
            kind=RevisionKind(kind),
            key=f"r{number}",
            author="farm",
            created_at=0.0,
            parent=(parents or {}).get(number, number - 1) or None,
        )
        for number, kind in enumerate(kinds, start=1)
    ]


@pytest.mark.parametrize(
    ("kinds", "number"),
    [
        (("machine",), 1),
        (("machine", "hub"), 2),
        (("machine", "corrected", "hub"), 2),
        (("machine", "corrected", "corrected"), 3),
        (("machine", "corrected", "approved", "corrected"), 3),
        (("machine", "approved", "corrected", "approved"), 4),
    ],
)
def test_default_is_the_newest_of_the_highest_rank(kinds: tuple[str, ...], number: int) -> None:
    assert default_revision(reversed(revisions(*kinds))).number == number


def test_line_ends_with_the_last_correction_or_approval() -> None:
    known = revisions("machine", "corrected", "approved")
    assert [newest_of_line(known, one.number).number for one in known] == [3, 3, 3]
    with pytest.raises(RevisionNotFound, match="no revision 4"):
        newest_of_line(known, 4)


def test_result_of_a_hub_starts_a_line_of_its_own() -> None:
    known = revisions("machine", "corrected", "hub", "corrected", parents={3: 1, 4: 3})
    assert newest_of_line(known, 1).number == 2
    assert newest_of_line(known, 3).number == 4
    assert follower(known, 2) is None


def test_revision_is_found_by_its_number() -> None:
    known = revisions("machine", "corrected")
    assert get_revision(known, 2) is known[1]
    assert revision_wire.to_wire(known[1]) == {
        "number": 2,
        "kind": "corrected",
        "parent": 1,
        "author": "farm",
        "created_at": "1970-01-01T00:00:00.000Z",
        "note": None,
        "tags": [],
    }
