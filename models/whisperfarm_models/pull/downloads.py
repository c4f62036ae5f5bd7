"""Concurrent downloads of one pull."""

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from urllib3.util import Retry

from whisperfarm_models.digests import sha256_of
from whisperfarm_models.download import Download, agreed_size
from whisperfarm_models.folder_layout import InstallLayout
from whisperfarm_models.install import install
from whisperfarm_models.lockfile import LockedFile
from whisperfarm_models.progress import PullProgress
from whisperfarm_models.pull.models_folder import Installed
from whisperfarm_models.pull.planned_file import PlannedFile
from whisperfarm_models.sources.port import Source
from whisperfarm_models.unpacking import unpack
from whisperfarm_store.fsync import make_folder


class Downloads:
    """Downloads into a models folder; the first failure stops the others."""

    def __init__(
        self, source: Source, layout: InstallLayout, progress: PullProgress, retries: Retry
    ) -> None:
        self._source = source
        self._layout = layout
        self._progress = progress
        self._retries = retries
        self._stop = threading.Event()

    def run(self, planned: Sequence[PlannedFile], concurrency: int) -> list[Installed]:
        self._progress.begin(_total(planned))
        with ThreadPoolExecutor(concurrency, thread_name_prefix="pull") as pool:
            futures = [pool.submit(self._install_one, one) for one in planned]
            try:
                return [done.result() for done in as_completed(futures)]
            except BaseException:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                raise

    def _install_one(self, planned: PlannedFile) -> Installed:
        if planned.is_archive:
            return self._archive(planned)
        target = self._layout.target(planned.model, planned.file)
        existing = _existing(target, planned)
        if existing is None:
            partial, sha256 = self._download(planned)
            size_bytes = partial.stat().st_size
            install(partial, target)
        else:
            size_bytes, sha256 = existing
            self._progress.advance(size_bytes)
        self._progress.done(f"{planned.model.name}/{planned.file.path}", pulled=existing is None)
        return Installed(planned.model, {planned.file.path: LockedFile(size_bytes, sha256)})

    def _archive(self, planned: PlannedFile) -> Installed:
        partial, _ = self._download(planned)
        files = unpack(partial, planned.model, self._layout, source=planned.remote_file.where)
        self._progress.done(f"{planned.model.name} (from {planned.file.path})", pulled=True)
        return Installed(planned.model, files)

    def _download(self, planned: PlannedFile) -> tuple[Path, str]:
        partial_dir = self._layout.partial_dir(planned.model)
        make_folder(partial_dir)
        download = Download(
            self._source,
            partial_dir,
            retries=self._retries,
            progress=self._progress,
            stop=self._stop,
        )
        name = f"{planned.model.folder}/{planned.file.path}"
        return download.fetch(planned.remote_file, planned.file, name=name)


def _existing(target: Path, planned: PlannedFile) -> tuple[int, str] | None:
    """Return size and SHA-256 of the file if it is installed and correct."""
    if not target.is_file():
        return None
    size_bytes, sha256 = target.stat().st_size, sha256_of(target)
    digests = {one for one in (planned.file.sha256, planned.remote_file.sha256) if one}
    sizes = {
        one for one in (planned.file.size_bytes, planned.remote_file.size_bytes) if one is not None
    }
    matches = digests <= {sha256} and sizes <= {size_bytes} and (digests or sizes)
    return (size_bytes, sha256) if matches else None


def _total(planned: Iterable[PlannedFile]) -> int | None:
    total = 0
    for one in planned:
        size_bytes = agreed_size(one.remote_file, one.file)
        if size_bytes is None:
            return None
        total += size_bytes
    return total
