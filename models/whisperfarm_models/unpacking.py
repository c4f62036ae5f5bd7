"""Installs a model from an archive: each file is checked and named by the inventory."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from whisperfarm_contract.problems import ModelMissing, ModelRefused
from whisperfarm_models.archive import from_tar, from_zip
from whisperfarm_models.digests import Digests
from whisperfarm_models.folder_layout import Layout
from whisperfarm_models.install import place, room_for
from whisperfarm_models.inventory import Model, ModelFile
from whisperfarm_models.lockfile import PinnedFile
from whisperfarm_models.sources.port import Offer
from whisperfarm_models.sources.selection import choose

_CHUNK_BYTES = 2**20


def unpack(archive: Path, model: Model, layout: Layout, *, source: str) -> dict[str, PinnedFile]:
    """Install a model's files from an archive, and delete the archive. Returns the files by path.

    All files are checked before the first is installed. Raises `ModelRefused`, `ModelMissing` and
    `StorageFull`; nothing of the archive is kept then.
    """
    parts: dict[str, tuple[Path, PinnedFile]] = {}
    listed = {file.path: file for file in model.files}

    def take(path: str, content: BinaryIO, size_bytes: int, sha256: str | None) -> None:
        part = archive.with_name(f"{archive.stem}-{len(parts)}.part")
        parts[path] = (part, PinnedFile(0, ""))
        offer = Offer(where=f"{source}:{path}", tag="", size_bytes=size_bytes, sha256=sha256)
        parts[path] = (part, _copy(content, part, offer, listed[path]))

    with ExitStack() as cleanup:
        cleanup.callback(archive.unlink, missing_ok=True)
        cleanup.callback(_remove, parts)
        read = from_zip if model.origin == "nltk" else from_tar
        read(archive, model, take)
        if not parts:
            raise ModelMissing(f"{source} has no file of the model {model.name}")
        chosen = choose(model, parts, source=source)
        for file, (part, _) in chosen:
            place(part, layout.target(model, file))
        return {file.path: pinned for file, (_, pinned) in chosen}


def _remove(parts: Mapping[str, tuple[Path, PinnedFile]]) -> None:
    for part, _ in parts.values():
        part.unlink(missing_ok=True)


def _copy(content: BinaryIO, part: Path, offer: Offer, file: ModelFile) -> PinnedFile:
    if file.size_bytes not in (None, offer.size_bytes):
        raise ModelRefused(
            f"{offer.where} has {offer.size_bytes} bytes instead of {file.size_bytes}; check the"
            " source"
        )
    digests = Digests(offer.size_bytes)
    with room_for(part), part.open("wb") as written:
        while chunk := content.read(_CHUNK_BYTES):
            digests.update(chunk)
            written.write(chunk)
        written.flush()
        os.fsync(written.fileno())
    digests.check(offer, file)
    return PinnedFile(digests.seen_bytes, digests.sha256)
