"""Roots: numbered documents, each with one hash over the chains of many jobs.

A root covers every chain that has grown since the root before it, and has the hash of that root. So
a root that is kept elsewhere fixes all entries of all jobs up to its time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract.custody.canonical import canonical, digest
from whisperfarm_contract.custody.entry import NO_PREVIOUS
from whisperfarm_contract.custody.merkle import leaf_hash, merkle_root

KIND = "whisperfarm.custody.root"
VERSION = 1
_MEMBERS = {
    "document", "version", "number", "timestamp", "previous", "chains", "merkle_root", "signature",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain has come: its number of entries, and the hash of the last one."""

    job: str
    entries: int
    hash: str


def merkle_root_of(heads: Iterable[Head]) -> str:
    """Return the root over the heads of chains, in the order of the job ids' bytes."""
    ordered = sorted(heads, key=lambda head: head.job.encode(errors="surrogateescape"))
    return merkle_root(map(_leaf, ordered)).hex()


def _leaf(head: Head) -> bytes:
    text = canonical([head.job, head.entries, head.hash])
    return leaf_hash(text.encode(errors="surrogateescape"))


def root_document(
    heads: Iterable[Head], *, timestamp: str, last: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the root after `last`, not yet signed."""
    covered = list(heads)
    return {
        "document": KIND,
        "version": VERSION,
        "number": 1 if last is None else last["number"] + 1,
        "timestamp": timestamp,
        "previous": NO_PREVIOUS if last is None else hash_of(last),
        "chains": len(covered),
        "merkle_root": merkle_root_of(covered),
        "signature": None,
    }


def hash_of(document: Mapping[str, Any]) -> str:
    """Return the hash by which the next root names this one. It includes the signature."""
    return digest(canonical(document))


def check_root(wire: Any) -> None:
    """Raise `ValueError` if a JSON value is not a root."""
    if not isinstance(wire, Mapping) or wire.get("document") != KIND:
        raise ValueError(f"it has no member `document` with the value {KIND}")
    if set(wire) != _MEMBERS:
        raise ValueError(f"it does not have the members {', '.join(sorted(_MEMBERS))}")
