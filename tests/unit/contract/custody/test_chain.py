"""A chain is whole if each entry has the hash of its content and continues the one before."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from whisperfarm_contract.custody import NO_PREVIOUS, Entry, find_break, new_entry
from whisperfarm_contract.custody.entry import from_wire

JOB = "j1"
Change = Callable[[list[Entry]], list[Entry]]


def chain(length: int = 4) -> list[Entry]:
    entries: list[Entry] = []
    previous = NO_PREVIOUS
    for number in range(1, length + 1):
        body = {"attempt": number, "ratio": 2.0, "note": "grün"}
        timestamp = f"2024-11-20T16:26:4{number}.000Z"
        entry = new_entry(JOB, number, timestamp, "started", body, previous=previous)
        previous = entry.hash
        entries.append(entry)
    return entries


def rehashed(entry: Entry) -> Entry:
    return replace(entry, hash=entry.hash_of_content())


def test_chain_as_it_was_written_is_whole() -> None:
    assert find_break(JOB, chain()) is None


def test_entry_of_a_document_has_the_same_hash() -> None:
    [entry] = chain(1)
    assert entry.to_wire()["body"]["ratio"] == 2
    assert from_wire(JOB, entry.to_wire()) == entry


def _replace(number: int, changed: Callable[[Entry], Entry]) -> Change:
    return lambda all_: [changed(one) if one.number == number else one for one in all_]


@pytest.mark.parametrize(
    ("change", "number", "differs"),
    [
        (lambda all_: [], 1, "no entries"),
        (lambda all_: all_[1:], 1, "missing"),
        (lambda all_: all_[:1] + all_[2:], 2, "missing"),
        (lambda all_: [all_[0], all_[2], all_[1], all_[3]], 2, "reordered"),
        (_replace(2, lambda one: replace(one, body='{"attempt":3}')), 2, "it was changed"),
        (_replace(2, lambda one: replace(one, body=one.body + " ")), 2, "the form"),
        (_replace(2, lambda one: replace(one, job="j2")), 2, "belongs to the job 'j2'"),
        (_replace(2, lambda one: rehashed(replace(one, kind="failed"))), 3, "entry 2 has"),
        (_replace(1, lambda one: rehashed(replace(one, previous="1" * 64))), 1, "first entry"),
    ],
)
def test_first_break_is_named(change: Change, number: int, differs: str) -> None:
    broken = find_break(JOB, change(chain()))
    assert broken is not None
    assert broken.number == number
    assert differs in str(broken)


@pytest.mark.parametrize("member", ["job", "timestamp", "kind", "previous", "hash"])
def test_member_that_is_not_text_is_a_break(member: str) -> None:
    changed: Sequence[Entry] = [replace(chain(1)[0], **{member: b"bytes"})]
    assert find_break(JOB, changed) is not None
