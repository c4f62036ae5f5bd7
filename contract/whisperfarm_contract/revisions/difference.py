"""What a revision changed against its parent."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from whisperfarm_contract.transcript import Segment, Transcript

_MEMBERS = ("text", "speaker", "note", "tags")


def changes(parent: Transcript, child: Transcript) -> list[dict[str, Any]]:
    """Return the segments that differ, each with its members in the parent and in the child.

    Segments are compared by their number. One that only one of them has is null in the other.
    """
    return list(_changes(parent, child))


def _changes(parent: Transcript, child: Transcript) -> Iterator[dict[str, Any]]:
    for number, (old, new) in enumerate(zip_longest(parent.segments, child.segments)):
        before, after = _members(old), _members(new)
        if before != after:
            yield {"segment": number, **_different(before, after)}


def _members(segment: Segment | None) -> Mapping[str, Any] | None:
    if segment is None:
        return None
    return {
        "text": segment.text.strip(),
        "speaker": segment.speaker,
        "note": segment.note,
        "tags": list(segment.tags),
    }


def _different(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> dict[str, Mapping[str, Any] | None]:
    if before is None or after is None:
        return {"before": before, "after": after}
    names = [name for name in _MEMBERS if before[name] != after[name]]
    return {
        "before": {name: before[name] for name in names},
        "after": {name: after[name] for name in names},
    }
