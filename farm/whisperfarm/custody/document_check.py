"""Verifies the document of one chain, without a farm."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from whisperfarm.custody.files import read_json
from whisperfarm.custody.problem import CustodyBroken
from whisperfarm.custody.recording_check import check_recording
from whisperfarm_contract.custody import find_break, read_document
from whisperfarm_contract.custody.document import CustodyDocument
from whisperfarm_dispatcher.custody.keys import key_in, read_public_keys


def verify_document(
    path: Path, *, audio: Sequence[Path] = (), public_key: Path | None = None
) -> Iterator[str]:
    """Yield what was found to be true, line by line.

    `audio` is the recording, or one for each leg of a call. Raises `CustodyBroken` with the first
    thing that is not: an entry, a personal value, the signature, or the recording.
    """
    wire = read_json(path)
    try:
        document = read_document(wire)
    except ValueError as error:
        raise CustodyBroken(f"{path} is not a document of a chain of custody: {error}") from error
    yield from _entries(path, document)
    yield _signature(path, wire, public_key)
    if audio:
        yield check_recording(path, document, audio)


def _entries(path: Path, document: CustodyDocument) -> Iterator[str]:
    broken = find_break(document.job, document.entries)
    if broken is not None:
        raise CustodyBroken(f"{path}: {broken}")
    bodies = {entry.number: json.loads(entry.body) for entry in document.entries}
    if bodies[1].get("tenant") != document.tenant:
        raise CustodyBroken(f"{path}: the tenant is not that of entry 1")
    for opening in document.openings:
        if not opening.matches(bodies.get(opening.number, {})):
            raise CustodyBroken(
                f"{path}: entry {opening.number}: the value of {opening.field!r} beside it was"
                " changed: it is not the one that the entry has a commitment to"
            )
    for entry in document.entries:
        yield f"entry {entry.number}  {entry.timestamp}  {entry.kind}"
    yield f"job {document.job}: {len(document.entries)} entries, none was changed"


def _signature(path: Path, wire: Mapping[str, Any], public_key: Path | None) -> str:
    if public_key is None and wire["signature"] is None:
        return "signature: none; who wrote the entries is not proved"
    keys = key_in(wire) if public_key is None else read_public_keys(public_key)
    fault = keys.find_fault(wire)
    if fault is not None:
        raise CustodyBroken(f"{path}: the signature: {fault}")
    key_id = wire["signature"]["key_id"]
    if public_key is None:
        return (
            f"signature: by the key {key_id}, which the file itself names; compare it with the"
            " farm's own by --public-key"
        )
    return f"signature: by the key {key_id}, which is in {public_key}"
