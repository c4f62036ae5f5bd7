"""One entry of a chain of custody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract.custody.canonical import canonical, digest

NO_PREVIOUS = "0" * 64
"""`previous` of the first entry."""

MEMBERS = ("number", "timestamp", "kind", "body", "previous", "hash")
"""The members of an entry in a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened to a job.

    `number` counts from 1. `body` is canonical JSON as text, `previous` the hash of the entry
    before it, and `hash` the SHA-256 of all other members.
    """

    job: str
    number: int
    timestamp: str
    kind: str
    body: str
    previous: str
    hash: str

    def hash_of_content(self) -> str:
        """Return the hash that the entry should have."""
        return _hash(
            self.job, self.number, self.timestamp, self.kind, self.body, previous=self.previous
        )

    def to_wire(self) -> dict[str, Any]:
        """Return the members of the entry in a document."""
        members = {name: getattr(self, name) for name in MEMBERS}
        return {**members, "body": json.loads(self.body)}


def new_entry(
    job: str, number: int, timestamp: str, kind: str, body: Mapping[str, Any], *, previous: str
) -> Entry:
    """Return the entry with its hash."""
    text = canonical(body)
    return Entry(
        job=job,
        number=number,
        timestamp=timestamp,
        kind=kind,
        body=text,
        previous=previous,
        hash=_hash(job, number, timestamp, kind, text, previous=previous),
    )


def from_wire(job: str, wire: Mapping[str, Any]) -> Entry:
    """Return an entry of a document. Raises `ValueError` if it is not one."""
    if not isinstance(wire, Mapping) or set(wire) != set(MEMBERS):
        raise ValueError(f"an entry has the members {', '.join(MEMBERS)} and no others")
    return Entry(job=job, **{**wire, "body": canonical(wire["body"])})


def _hash(job: str, number: int, timestamp: str, kind: str, body: str, *, previous: str) -> str:
    """Return the SHA-256 of the canonical JSON of an entry. `body` is in it as it is: sorted first,
    it is the text before the other members."""
    others = {
        "job": job, "kind": kind, "number": number, "previous": previous, "timestamp": timestamp,
    }  # fmt: skip
    return digest(f'{{"body":{body},{canonical(others)[1:]}')
