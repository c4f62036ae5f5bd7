"""Verifies the roots of a ledger: their leaves, their order, their signatures, and those that were
exported."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from whisperfarm.custody.files import ExportedRoot
from whisperfarm_contract.custody import NO_PREVIOUS, canonical
from whisperfarm_contract.custody.root import Head, check_root, hash_of, merkle_root_of
from whisperfarm_dispatcher.custody.keys import PublicKeys, key_in
from whisperfarm_store.ledger import Audit, LeafRow

Document = Mapping[str, Any]


def find_root_faults(
    audit: Audit, keys: PublicKeys | None, exported: Sequence[ExportedRoot]
) -> Iterator[str]:
    """Yield what is wrong with the roots."""
    stored = dict(audit.roots())
    documents: dict[int, Document] = {}
    for number, text in stored.items():
        document = _read(number, text)
        if document is None:
            yield f"root {number}: its document was changed"
        else:
            documents[number] = document
    yield from _find_breaks(documents, keys)
    yield from _find_wrong_leaves(audit, documents, set(stored))
    for one in exported:
        yield from _compare(one, documents, keys)


def _read(number: int, text: str) -> Document | None:
    try:
        document = json.loads(text)
        check_root(document)
    except (TypeError, ValueError, RecursionError):
        return None
    is_canonical: bool = canonical(document) == text
    return document if is_canonical and document["number"] == number else None


def _find_breaks(documents: Mapping[int, Document], keys: PublicKeys | None) -> Iterator[str]:
    """Yield roots that are missing, that do not continue the one before, or whose signature is
    wrong. Roots of before the farm had a key are not signed: the first signed one has their hash.
    If there is a key and none of them is signed, all may have been written again.
    """
    previous, expected, must_be_signed = NO_PREVIOUS, 1, False
    for number, document in documents.items():
        if number != expected:
            yield f"root {expected}: it is missing"
        elif document["previous"] != previous:
            yield f"root {number}: it does not continue root {number - 1}"
        if document["signature"] is not None or must_be_signed:
            must_be_signed = True
            fault = _signature_fault(document, keys)
            if fault is not None:
                yield f"root {number}: {fault}"
        previous, expected = hash_of(document), number + 1
    if documents and keys is not None and not must_be_signed:
        yield (
            f"root {expected - 1}: neither it nor an earlier one is signed, although there is a"
            " public key; if the farm has had its key since then, its next root will be signed"
        )


def _signature_fault(document: Document, keys: PublicKeys | None) -> str | None:
    return (key_in(document) if keys is None else keys).find_fault(document)


def _find_wrong_leaves(
    audit: Audit, documents: Mapping[int, Document], stored: set[int]
) -> Iterator[str]:
    without_leaves = set(documents)
    for number, leaves in audit.leaves():
        without_leaves.discard(number)
        if number not in stored:
            yield f"root {number}: it is missing, and {len(leaves)} chains refer to it"
        elif number in documents:
            yield from _compare_leaves(number, leaves, documents[number])
    for number in sorted(without_leaves):
        yield f"root {number}: the list of its {documents[number]['chains']} chains is missing"


def _compare_leaves(number: int, leaves: Sequence[LeafRow], document: Document) -> Iterator[str]:
    missing = [leaf for leaf in leaves if leaf.hash is None]
    for leaf in missing:
        yield f"job {leaf.job}: entry {leaf.entries} is missing, which root {number} covers"
    if len(leaves) != document["chains"]:
        yield f"root {number}: it covers {document['chains']} chains, and {len(leaves)} are listed"
    elif not missing and _merkle_root(leaves) != document["merkle_root"]:
        yield f"root {number}: a chain that it covers was changed"


def _merkle_root(leaves: Sequence[LeafRow]) -> str | None:
    try:
        return merkle_root_of(Head(leaf.job, leaf.entries, leaf.hash or "") for leaf in leaves)
    except (TypeError, ValueError, AttributeError):  # bytes in a column of text
        return None


def _compare(
    exported: ExportedRoot, documents: Mapping[int, Document], keys: PublicKeys | None
) -> Iterator[str]:
    number = exported.document["number"]
    if exported.document["signature"] is not None:
        fault = _signature_fault(exported.document, keys)
        if fault is not None:
            yield f"{exported.path}: {fault}"
            return
    if number not in documents:
        yield f"root {number}: it is missing or was changed; {exported.path} has it"
    elif documents[number] != exported.document:
        yield (
            f"root {number}: it is not the one in {exported.path}: chains that it covers, or an"
            " earlier root covers, were written again"
        )
