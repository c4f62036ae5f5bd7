"""Verifies the chain of one job."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from whisperfarm_contract.custody.canonical import canonical
from whisperfarm_contract.custody.entry import NO_PREVIOUS, Entry


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry that is not what was written, and what differs."""

    number: int
    reason: str

    def __str__(self) -> str:
        return f"entry {self.number}: {self.reason}"


def find_break(job: str, entries: Iterable[Entry]) -> Break | None:
    """Return the first break of a job's chain, or `None` if it is whole. Entries are in order."""
    number, previous = 0, NO_PREVIOUS
    for number, entry in enumerate(entries, start=1):
        reason = _difference(job, number, previous, entry)
        if reason is not None:
            return Break(number, reason)
        previous = entry.hash
    return None if number else Break(1, "it is missing: the chain has no entries")


def _difference(job: str, number: int, previous: str, entry: Entry) -> str | None:
    if type(entry.number) is not int or entry.number != number:
        return f"it is missing, or entries were reordered: the number here is {entry.number!r}"
    if not _is_well_formed(entry):
        return "its members are not texts, or its body is not JSON in the form that is hashed"
    if entry.job != job:
        return f"it belongs to the job {entry.job!r}"
    found = entry.hash_of_content()
    if entry.hash != found:
        return f"it was changed: its hash is {entry.hash!r}, and that of its content {found}"
    if entry.previous != previous:
        before = f"entry {number - 1} has" if number > 1 else "a first entry has"
        return f"it continues {entry.previous!r}, but {before} {previous}"
    return None


def _is_well_formed(entry: Entry) -> bool:
    texts = (entry.job, entry.timestamp, entry.kind, entry.previous, entry.hash)
    try:
        value = json.loads(entry.body)
        is_canonical = isinstance(value, dict) and canonical(value) == entry.body
    except (TypeError, ValueError, RecursionError):
        return False
    return is_canonical and all(isinstance(text, str) for text in texts)
