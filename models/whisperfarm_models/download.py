"""Downloads one file to a partial file, resuming an interrupted download, and checks it."""

import hashlib
import os
import threading
from pathlib import Path
from typing import BinaryIO

from urllib3.util import Retry

from whisperfarm_contract.problems import ModelIntegrityError, ModelSourceError, StorageFull
from whisperfarm_models.digests import Digests
from whisperfarm_models.install import storage_full_on_enospc
from whisperfarm_models.inventory import ModelFile
from whisperfarm_models.progress import PullProgress
from whisperfarm_models.sources.port import RemoteFile, Source, TransientSourceError
from whisperfarm_models.sources.retries import next_retry


class Download:
    """Downloader into the folder `partial_dir` of partial files.

    Setting `stop` ends all downloads that share it; `pull` sets it when one of them fails.
    """

    def __init__(
        self,
        source: Source,
        partial_dir: Path,
        *,
        retries: Retry,
        progress: PullProgress,
        stop: threading.Event | None = None,
    ) -> None:
        self._source = source
        self._partial_dir = partial_dir
        self._retries = retries
        self._progress = progress
        self._stop = stop or threading.Event()

    def fetch(self, remote_file: RemoteFile, file: ModelFile, *, name: str) -> tuple[Path, str]:
        """Download a file. Returns the complete, durable and checked partial file, and its SHA-256.

        `name` must be unique to the file. Raises `ModelIntegrityError`, `StorageFull`,
        `ModelSourceError` and `MissingModel`. The partial file is kept for a resumption only after
        the last two.
        """
        size_bytes = agreed_size(remote_file, file)
        partial = (
            self._partial_dir / f"{_partial_name(self._source.name, name, remote_file, file)}.part"
        )
        is_resumed = partial.exists()
        try:
            return partial, self._download_with_retries(remote_file, file, partial, size_bytes)
        except ModelIntegrityError:
            partial.unlink(missing_ok=True)
            if not is_resumed:
                raise
        # A loss of power may have corrupted an earlier partial file: download it from the start.
        return self.fetch(remote_file, file, name=name)

    def _download_with_retries(
        self, remote_file: RemoteFile, file: ModelFile, partial: Path, size_bytes: int | None
    ) -> str:
        retries_left = self._retries
        while True:
            try:
                return self._download_rest(remote_file, file, partial, size_bytes)
            except TransientSourceError as error:
                retries_left = next_retry(error, retries_left, source=self._source.name)
            except StorageFull:
                partial.unlink(missing_ok=True)
                raise

    def _download_rest(
        self, remote_file: RemoteFile, file: ModelFile, partial: Path, size_bytes: int | None
    ) -> str:
        digests = Digests(size_bytes)
        if partial.exists():
            digests.update_from(partial)
            self._progress.advance(digests.read_bytes)
        try:
            if size_bytes is None or digests.read_bytes < size_bytes:
                self._append(remote_file, partial, digests, size_bytes)
            _check_size(remote_file, digests.read_bytes, size_bytes)
            digests.check(remote_file, file)
        except BaseException:
            self._progress.advance(-digests.read_bytes)
            raise
        return digests.sha256

    def _append(
        self, remote_file: RemoteFile, partial: Path, digests: Digests, size_bytes: int | None
    ) -> None:
        with (
            storage_full_on_enospc(partial),
            partial.open("ab") as file_handle,
            self._source.read(remote_file, start=digests.read_bytes) as chunks,
        ):
            for chunk in chunks:
                if self._stop.is_set():
                    raise ModelSourceError("stopped because another file could not be pulled")
                digests.update(chunk)
                self._progress.advance(len(chunk))
                if size_bytes is not None and digests.read_bytes > size_bytes:
                    return
                _write(file_handle, chunk, partial)
            file_handle.flush()
            os.fsync(file_handle.fileno())


def agreed_size(remote_file: RemoteFile, file: ModelFile) -> int | None:
    """Return the file's expected size. Raises `ModelIntegrityError` if inventory and source
    disagree."""
    sizes = {one for one in (file.size_bytes, remote_file.size_bytes) if one is not None}
    if len(sizes) > 1:
        raise ModelIntegrityError(
            f"{remote_file.where} has {remote_file.size_bytes} bytes instead of"
            f" {file.size_bytes}; check the source"
        )
    return next(iter(sizes), None)


def _write(file_handle: BinaryIO, chunk: bytes, partial: Path) -> None:
    # Converted here, because the source's reader would take a disk error for one of the source.
    with storage_full_on_enospc(partial):
        file_handle.write(chunk)


def _check_size(remote_file: RemoteFile, read_bytes: int, size_bytes: int | None) -> None:
    if size_bytes is not None and read_bytes != size_bytes:
        state = "has more than" if read_bytes > size_bytes else f"ends after {read_bytes} of"
        raise ModelIntegrityError(
            f"{remote_file.where} {state} {size_bytes} bytes and was discarded; pull again"
        )


def _partial_name(source: str, name: str, remote_file: RemoteFile, file: ModelFile) -> str:
    identity = (
        source,
        name,
        remote_file.where,
        remote_file.tag,
        remote_file.size_bytes,
        file.sha256,
        remote_file.sha256,
    )
    return hashlib.sha256(repr(identity).encode()).hexdigest()[:32]
