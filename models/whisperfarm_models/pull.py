"""`whisperfarm models pull`: downloads, checks and installs missing models."""

import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from urllib3.util import Retry

from whisperfarm_contract.problems import MissingModel, StorageFull
from whisperfarm_models import lockfile
from whisperfarm_models.digests import sha256_of
from whisperfarm_models.download import Download, agreed_size
from whisperfarm_models.folder_layout import PARTIAL_DIR, InstallLayout
from whisperfarm_models.install import install
from whisperfarm_models.inventory import Model, ModelFile
from whisperfarm_models.lockfile import LockedFile, LockedModel, ModelLock
from whisperfarm_models.progress import NoProgress, PullProgress
from whisperfarm_models.sources.port import RemoteFile, Source
from whisperfarm_models.sources.retries import default_retry
from whisperfarm_models.sources.selection import select_files
from whisperfarm_models.unpacking import unpack
from whisperfarm_store.fsync import make_folder

_RESERVED_BYTES = 2**26


@dataclass(frozen=True, slots=True)
class _PlannedFile:
    """A file to pull, or an archive of the whole model."""

    model: Model
    file: ModelFile
    remote_file: RemoteFile
    is_archive: bool = False


@dataclass(frozen=True, slots=True)
class _Installed:
    """Installed files of a model, by path."""

    model: Model
    files: dict[str, LockedFile]


def pull(
    models: Iterable[Model],
    *,
    source: Source,
    layout: InstallLayout,
    concurrency: int = 4,
    progress: PullProgress | None = None,
    retries: Retry | None = None,
) -> ModelLock:
    """Pull the models and pin them in `model_inventory.json`. Returns the inventory.

    Installed files that are correct are kept. Concurrent pulls into one folder wait for each other.
    A pull that was killed is resumed by the next.

    Parameters:
        source: where the models come from
        layout: where they are installed
        concurrency: number of concurrent downloads
        retries: how often a source is retried, and after which pauses

    Raises `MissingModel`, `ModelIntegrityError`, `ModelSourceError` and `StorageFull`.
    """
    progress = progress or NoProgress()
    make_folder(layout.root)
    with _exclusive(layout.root, progress):
        planned = _plan([one for one in models if one.origin != "package"], source, layout)
        _check_free_space(planned, layout)
        puller = _Pull(source, layout, progress, retries or default_retry())
        locked = _update_lock(layout.root, source.name, puller.run(planned, concurrency))
        _delete_partial_files(layout)
    return locked


class _Pull:
    """Concurrent downloads of one pull; the first failure stops the others."""

    def __init__(
        self, source: Source, layout: InstallLayout, progress: PullProgress, retries: Retry
    ) -> None:
        self._source = source
        self._layout = layout
        self._progress = progress
        self._retries = retries
        self._stop = threading.Event()

    def run(self, planned: Sequence[_PlannedFile], concurrency: int) -> list[_Installed]:
        self._progress.begin(_total(planned))
        with ThreadPoolExecutor(concurrency, thread_name_prefix="pull") as pool:
            futures = [pool.submit(self._install_one, one) for one in planned]
            try:
                return [done.result() for done in as_completed(futures)]
            except BaseException:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                raise

    def _install_one(self, planned: _PlannedFile) -> _Installed:
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
        return _Installed(planned.model, {planned.file.path: LockedFile(size_bytes, sha256)})

    def _archive(self, planned: _PlannedFile) -> _Installed:
        partial, _ = self._download(planned)
        files = unpack(partial, planned.model, self._layout, source=planned.remote_file.where)
        self._progress.done(f"{planned.model.name} (from {planned.file.path})", pulled=True)
        return _Installed(planned.model, files)

    def _download(self, planned: _PlannedFile) -> tuple[Path, str]:
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


@contextmanager
def _exclusive(root: Path, progress: PullProgress) -> Iterator[None]:
    """Hold the folder's lock, which the system releases if the process dies."""
    make_folder(root / PARTIAL_DIR)
    lock = FileLock(root / PARTIAL_DIR / "lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        progress.waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _plan(models: Sequence[Model], source: Source, layout: InstallLayout) -> list[_PlannedFile]:
    """Return the files to pull or check. Raises before any download if the source lacks one."""
    local = lockfile.read(layout.root)
    plan: dict[Path, _PlannedFile] = {}
    for model in models:
        for planned in _plan_model(model, source, layout, local):
            plan.setdefault(layout.target(planned.model, planned.file), planned)
    return list(plan.values())


def _plan_model(
    model: Model, source: Source, layout: InstallLayout, local: ModelLock
) -> Iterator[_PlannedFile]:
    revised, remote_files = source.list_files(model)
    if remote_files:
        for file, remote_file in select_files(revised, remote_files, source=source.name):
            agreed_size(remote_file, file)
            yield _PlannedFile(revised, file, remote_file)
        return
    archive = source.archive(model)
    if archive is None:
        raise MissingModel(
            f"{source.name} does not have the {model.kind} model {model.name}; check its name, or"
            " pull from another source (WHISPERFARM_MODELS_FROM)"
        )
    if not _is_complete(model, layout, local):
        file = model.archive or ModelFile(path=archive.where.rpartition("/")[2])
        yield _PlannedFile(model, file, archive, is_archive=True)


def _is_complete(model: Model, layout: InstallLayout, local: ModelLock) -> bool:
    """Whether the files of the model's archive are installed as they were pinned."""
    files = local.of(model).files
    return bool(files) and all(
        _matches(layout.folder(model) / path, file) for path, file in files.items()
    )


def _matches(path: Path, file: LockedFile) -> bool:
    return (
        path.is_file() and path.stat().st_size == file.size_bytes and sha256_of(path) == file.sha256
    )


def _existing(target: Path, planned: _PlannedFile) -> tuple[int, str] | None:
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


def _total(planned: Iterable[_PlannedFile]) -> int | None:
    total = 0
    for one in planned:
        size_bytes = agreed_size(one.remote_file, one.file)
        if size_bytes is None:
            return None
        total += size_bytes
    return total


def _check_free_space(planned: Sequence[_PlannedFile], layout: InstallLayout) -> None:
    """Raise `StorageFull` if the disk cannot hold the models. Archives need their size twice."""
    missing = [one for one in planned if not layout.target(one.model, one.file).exists()]
    needed = sum(
        (agreed_size(one.remote_file, one.file) or 0) * (2 if one.is_archive else 1)
        for one in missing
    )
    partial_bytes = sum(path.stat().st_size for path in (layout.root / PARTIAL_DIR).iterdir())
    free = shutil.disk_usage(layout.root).free
    if needed and needed - partial_bytes + _RESERVED_BYTES > free:
        raise StorageFull(
            f"{layout.root} has {free / 2**20:.0f} MiB free and the models need"
            f" {(needed - partial_bytes + _RESERVED_BYTES) / 2**20:.0f} MiB; free"
            " some space and pull again"
        )


def _update_lock(root: Path, source: str, installed: Iterable[_Installed]) -> ModelLock:
    by_model: dict[Model, dict[str, LockedFile]] = {}
    for one in installed:
        by_model.setdefault(one.model, {}).update(one.files)
    locked = lockfile.read(root).with_models(
        LockedModel(
            name=model.name,
            kind=model.kind,
            source=source,
            revision=model.revision,
            licence=model.licence,
            files=files,
        )
        for model, files in by_model.items()
    )
    lockfile.write(root, locked)
    return locked


def _delete_partial_files(layout: InstallLayout) -> None:
    """Delete partial files of earlier pulls, which are no longer needed."""
    for partial_dir in {layout.root / PARTIAL_DIR, layout.torch / PARTIAL_DIR}:
        for partial in partial_dir.glob("*.part"):
            partial.unlink()
