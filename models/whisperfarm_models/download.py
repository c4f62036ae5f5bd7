"""Downloads one file to a partial file, resuming an interrupted download, and checks it."""

import hashlib
import os
import threading
from pathlib import Path
from typing import BinaryIO

from urllib3.util import Retry

from whisperfarm_contract.problems import ModelRefused, SourceFailed, StorageFull
from whisperfarm_models.digests import Digests
from whisperfarm_models.install import room_for
from whisperfarm_models.inventory import ModelFile
from whisperfarm_models.progress import Progress
from whisperfarm_models.sources.port import Offer, Source, SourceBroke
from whisperfarm_models.sources.retries import after


class Download:
    """Downloader into the folder `parts` of partial files.

    Setting `stop` ends all downloads that share it; `pull` sets it when one of them fails.
    """

    def __init__(
        self,
        source: Source,
        parts: Path,
        *,
        retries: Retry,
        progress: Progress,
        stop: threading.Event | None = None,
    ) -> None:
        self._source = source
        self._parts = parts
        self._retries = retries
        self._progress = progress
        self._stop = stop or threading.Event()

    def fetch(self, offer: Offer, file: ModelFile, *, name: str) -> tuple[Path, str]:
        """Download a file. Returns the complete, durable and checked partial file, and its SHA-256.

        `name` must be unique to the file. Raises `ModelRefused`, `StorageFull`, `SourceFailed` and
        `ModelMissing`. The partial file is kept for a resumption only after the last two.
        """
        size_bytes = agreed_size(offer, file)
        part = self._parts / f"{_key(self._source.name, name, offer, file)}.part"
        continued = part.exists()
        try:
            return part, self._whole(offer, file, part, size_bytes)
        except ModelRefused:
            part.unlink(missing_ok=True)
            if not continued:
                raise
        # A loss of power may have corrupted an earlier partial file: download it from the start.
        return self.fetch(offer, file, name=name)

    def _whole(self, offer: Offer, file: ModelFile, part: Path, size_bytes: int | None) -> str:
        left = self._retries
        while True:
            try:
                return self._rest(offer, file, part, size_bytes)
            except SourceBroke as broke:
                left = after(broke, left, source=self._source.name)
            except StorageFull:
                part.unlink(missing_ok=True)
                raise

    def _rest(self, offer: Offer, file: ModelFile, part: Path, size_bytes: int | None) -> str:
        digests = Digests(size_bytes)
        if part.exists():
            digests.update_from(part)
            self._progress.advance(digests.seen_bytes)
        try:
            if size_bytes is None or digests.seen_bytes < size_bytes:
                self._append(offer, part, digests, size_bytes)
            _check_size(offer, digests.seen_bytes, size_bytes)
            digests.check(offer, file)
        except BaseException:
            self._progress.advance(-digests.seen_bytes)
            raise
        return digests.sha256

    def _append(self, offer: Offer, part: Path, digests: Digests, size_bytes: int | None) -> None:
        with (
            room_for(part),
            part.open("ab") as written,
            self._source.read(offer, start=digests.seen_bytes) as chunks,
        ):
            for chunk in chunks:
                if self._stop.is_set():
                    raise SourceFailed("stopped because another file could not be pulled")
                digests.update(chunk)
                self._progress.advance(len(chunk))
                if size_bytes is not None and digests.seen_bytes > size_bytes:
                    return
                _write(written, chunk, part)
            written.flush()
            os.fsync(written.fileno())


def agreed_size(offer: Offer, file: ModelFile) -> int | None:
    """Return the file's expected size. Raises `ModelRefused` if inventory and source disagree."""
    told = {one for one in (file.size_bytes, offer.size_bytes) if one is not None}
    if len(told) > 1:
        raise ModelRefused(
            f"{offer.where} has {offer.size_bytes} bytes instead of {file.size_bytes}; check the"
            " source"
        )
    return next(iter(told), None)


def _write(written: BinaryIO, chunk: bytes, part: Path) -> None:
    # Converted here, because the source's reader would take a disk error for one of the source.
    with room_for(part):
        written.write(chunk)


def _check_size(offer: Offer, seen_bytes: int, size_bytes: int | None) -> None:
    if size_bytes is not None and seen_bytes != size_bytes:
        state = "has more than" if seen_bytes > size_bytes else f"ends after {seen_bytes} of"
        raise ModelRefused(
            f"{offer.where} {state} {size_bytes} bytes and was discarded; pull again"
        )


def _key(source: str, name: str, offer: Offer, file: ModelFile) -> str:
    told = (source, name, offer.where, offer.tag, offer.size_bytes, file.sha256, offer.sha256)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
