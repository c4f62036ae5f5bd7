"""Installs a model from an archive: each file is checked and named by the inventory."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from whisperfarm_contract.problems import MissingModel, ModelIntegrityError
from whisperfarm_models.archive import from_tar, from_zip
from whisperfarm_models.digests import Digests
from whisperfarm_models.folder_layout import InstallLayout
from whisperfarm_models.install import install, storage_full_on_enospc
from whisperfarm_models.inventory import Model, ModelFile
from whisperfarm_models.lockfile import LockedFile
from whisperfarm_models.sources.port import RemoteFile
from whisperfarm_models.sources.selection import select_files

_CHUNK_BYTES = 2**20


def unpack(
    archive: Path, model: Model, layout: InstallLayout, *, source: str
) -> dict[str, LockedFile]:
    """Install a model's files from an archive, and delete the archive. Returns the files by path.

    All files are checked before the first is installed. Raises `ModelIntegrityError`,
    `MissingModel` and `StorageFull`; nothing of the archive is kept then.
    """
    parts: dict[str, tuple[Path, LockedFile]] = {}
    listed = {file.path: file for file in model.files}

    def on_member(path: str, content: BinaryIO, size_bytes: int, sha256: str | None) -> None:
        part = archive.with_name(f"{archive.stem}-{len(parts)}.part")
        parts[path] = (part, LockedFile(0, ""))
        remote_file = RemoteFile(
            where=f"{source}:{path}", tag="", size_bytes=size_bytes, sha256=sha256
        )
        parts[path] = (part, _copy(content, part, remote_file, listed[path]))

    with ExitStack() as cleanup:
        cleanup.callback(archive.unlink, missing_ok=True)
        cleanup.callback(_delete_partial_files, parts)
        read = from_zip if model.origin == "nltk" else from_tar
        read(archive, model, on_member)
        if not parts:
            raise MissingModel(f"{source} has no file of the model {model.name}")
        chosen = select_files(model, parts, source=source)
        for file, (part, _) in chosen:
            install(part, layout.target(model, file))
        return {file.path: pinned for file, (_, pinned) in chosen}


def _delete_partial_files(parts: Mapping[str, tuple[Path, LockedFile]]) -> None:
    for part, _ in parts.values():
        part.unlink(missing_ok=True)


def _copy(content: BinaryIO, part: Path, remote_file: RemoteFile, file: ModelFile) -> LockedFile:
    if file.size_bytes not in (None, remote_file.size_bytes):
        raise ModelIntegrityError(
            f"{remote_file.where} has {remote_file.size_bytes} bytes instead of"
            f" {file.size_bytes}; check the source"
        )
    digests = Digests(remote_file.size_bytes)
    with storage_full_on_enospc(part), part.open("wb") as written:
        while chunk := content.read(_CHUNK_BYTES):
            digests.update(chunk)
            written.write(chunk)
        written.flush()
        os.fsync(written.fileno())
    digests.check(remote_file, file)
    return LockedFile(digests.read_bytes, digests.sha256)
