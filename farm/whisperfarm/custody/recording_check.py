"""Compares recordings with the hash that the first entry of a chain has."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from whisperfarm.custody.problem import CustodyBroken
from whisperfarm_contract import leg_container
from whisperfarm_contract.custody import Kind
from whisperfarm_contract.custody.document import CustodyDocument
from whisperfarm_contract.problems import InvalidOption

_BLOCK_BYTES = 1 << 20


def check_recording(path: Path, document: CustodyDocument, audio: Sequence[Path]) -> str:
    """Return a line that says that the files are the recording, or the legs of the call.

    Raises `CustodyBroken` if they are not, and `InvalidOption` if it is not one file for each leg.
    """
    first = document.entries[0]
    body = json.loads(first.body)
    expected = body.get("file_hash_sha256")
    if first.kind != Kind.ACCEPTED or expected is None:
        raise CustodyBroken(f"{path}: entry 1 does not have the SHA-256 of a recording")
    _check_count(len(audio), _count_recordings(body))
    names = ", ".join(map(str, audio))
    found = _sha256_of(audio)
    if found != expected:
        same_order = ", in this order" if len(audio) > 1 else ""
        raise CustodyBroken(
            f"{names} is not the recording that was submitted{same_order}: its SHA-256 is {found},"
            f" and entry 1 has {expected}"
        )
    return f"recording: {names} is the one that was submitted"


def _count_recordings(body: dict[str, object]) -> int:
    options = body.get("options")
    offsets = options.get("leg_offset_s") if isinstance(options, dict) else None
    return len(str(offsets).split(",")) if offsets else 1


def _check_count(given: int, submitted: int) -> None:
    if given != submitted:
        raise InvalidOption(
            f"--audio: number of recordings that were submitted: {submitted}, of files: {given};"
            " name each recording by an --audio of its own, in the order in which they were sent"
        )


def _sha256_of(audio: Sequence[Path]) -> str:
    """Return the hash of what is stored: of a file, or of the legs of a call with their index."""
    digest, sizes_bytes = sha256(), []
    for path in audio:
        sizes_bytes.append(0)
        try:
            with path.open("rb") as file:
                while block := file.read(_BLOCK_BYTES):
                    digest.update(block)
                    sizes_bytes[-1] += len(block)
        except OSError as error:
            raise CustodyBroken(f"{path} cannot be read: {error.strerror}") from error
    if len(audio) > 1:
        digest.update(leg_container.index(sizes_bytes))
    return digest.hexdigest()
