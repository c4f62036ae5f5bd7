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

from whisperfarm_contract.problems import ModelMissing, StorageFull
from whisperfarm_models import lockfile as inventory
from whisperfarm_models.digests import sha256_of
from whisperfarm_models.download import Download, agreed_size
from whisperfarm_models.folder_layout import PARTS, Layout
from whisperfarm_models.install import place
from whisperfarm_models.inventory import Model, ModelFile
from whisperfarm_models.lockfile import Pinned, PinnedFile, PinnedModel
from whisperfarm_models.progress import Progress, Silent
from whisperfarm_models.sources.port import Offer, Source
from whisperfarm_models.sources.retries import patience
from whisperfarm_models.sources.selection import choose
from whisperfarm_models.unpacking import unpack
from whisperfarm_store.fsync import make_folder

_SPARE_BYTES = 2**26


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A file to pull, or an archive of the whole model."""

    model: Model
    file: ModelFile
    offer: Offer
    is_archive: bool = False


@dataclass(frozen=True, slots=True)
class _Placed:
    """Installed files of a model, by path."""

    model: Model
    files: dict[str, PinnedFile]


def pull(
    models: Iterable[Model],
    *,
    source: Source,
    layout: Layout,
    at_once: int = 4,
    progress: Progress | None = None,
    retries: Retry | None = None,
) -> Pinned:
    """Pull the models and pin them in `model_inventory.json`. Returns the inventory.

    Installed files that are correct are kept. Concurrent pulls into one folder wait for each other.
    A pull that was killed is resumed by the next.

    Parameters:
        source: where the models come from
        layout: where they are installed
        at_once: number of concurrent downloads
        retries: how often a source is retried, and after which pauses

    Raises `ModelMissing`, `ModelRefused`, `SourceFailed` and `StorageFull`.
    """
    progress = progress or Silent()
    make_folder(layout.root)
    with _alone(layout.root, progress):
        wanted = _plan([one for one in models if one.origin != "package"], source, layout)
        _check_room(wanted, layout)
        job = _Pull(source, layout, progress, retries or patience())
        pinned = _pin(layout.root, source.name, job.all(wanted, at_once))
        _forget_parts(layout)
    return pinned


class _Pull:
    """Concurrent downloads of one pull; the first failure stops the others."""

    def __init__(self, source: Source, layout: Layout, progress: Progress, retries: Retry) -> None:
        self._source = source
        self._layout = layout
        self._progress = progress
        self._retries = retries
        self._stop = threading.Event()

    def all(self, wanted: Sequence[_Wanted], at_once: int) -> list[_Placed]:
        self._progress.begin(_total(wanted))
        with ThreadPoolExecutor(at_once, thread_name_prefix="pull") as pool:
            running = [pool.submit(self._one, one) for one in wanted]
            try:
                return [done.result() for done in as_completed(running)]
            except BaseException:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                raise

    def _one(self, wanted: _Wanted) -> _Placed:
        if wanted.is_archive:
            return self._archive(wanted)
        target = self._layout.target(wanted.model, wanted.file)
        there = _there(target, wanted)
        if there is None:
            part, sha256 = self._download(wanted)
            size_bytes = part.stat().st_size
            place(part, target)
        else:
            size_bytes, sha256 = there
            self._progress.advance(size_bytes)
        self._progress.done(f"{wanted.model.name}/{wanted.file.path}", pulled=there is None)
        return _Placed(wanted.model, {wanted.file.path: PinnedFile(size_bytes, sha256)})

    def _archive(self, wanted: _Wanted) -> _Placed:
        part, _ = self._download(wanted)
        files = unpack(part, wanted.model, self._layout, source=wanted.offer.where)
        self._progress.done(f"{wanted.model.name} (from {wanted.file.path})", pulled=True)
        return _Placed(wanted.model, files)

    def _download(self, wanted: _Wanted) -> tuple[Path, str]:
        parts = self._layout.parts(wanted.model)
        make_folder(parts)
        download = Download(
            self._source, parts, retries=self._retries, progress=self._progress, stop=self._stop
        )
        name = f"{wanted.model.folder}/{wanted.file.path}"
        return download.fetch(wanted.offer, wanted.file, name=name)


@contextmanager
def _alone(root: Path, progress: Progress) -> Iterator[None]:
    """Hold the folder's lock, which the system releases if the process dies."""
    make_folder(root / PARTS)
    lock = FileLock(root / PARTS / "lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        progress.waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _plan(models: Sequence[Model], source: Source, layout: Layout) -> list[_Wanted]:
    """Return the files to pull or check. Raises before any download if the source lacks one."""
    local = inventory.read(layout.root)
    plan: dict[Path, _Wanted] = {}
    for model in models:
        for wanted in _of_model(model, source, layout, local):
            plan.setdefault(layout.target(wanted.model, wanted.file), wanted)
    return list(plan.values())


def _of_model(model: Model, source: Source, layout: Layout, local: Pinned) -> Iterator[_Wanted]:
    revised, offers = source.offers(model)
    if offers:
        for file, offer in choose(revised, offers, source=source.name):
            agreed_size(offer, file)
            yield _Wanted(revised, file, offer)
        return
    archive = source.archive(model)
    if archive is None:
        raise ModelMissing(
            f"{source.name} does not have the {model.kind} model {model.name}; check its name, or"
            " pull from another source (WHISPERFARM_MODELS_FROM)"
        )
    if not _complete(model, layout, local):
        file = model.archive or ModelFile(path=archive.where.rpartition("/")[2])
        yield _Wanted(model, file, archive, is_archive=True)


def _complete(model: Model, layout: Layout, local: Pinned) -> bool:
    """Whether the files of the model's archive are installed as they were pinned."""
    files = local.of(model).files
    return bool(files) and all(
        _same(layout.folder(model) / path, file) for path, file in files.items()
    )


def _same(path: Path, file: PinnedFile) -> bool:
    return (
        path.is_file() and path.stat().st_size == file.size_bytes and sha256_of(path) == file.sha256
    )


def _there(target: Path, wanted: _Wanted) -> tuple[int, str] | None:
    """Return size and SHA-256 of the file if it is installed and correct."""
    if not target.is_file():
        return None
    size_bytes, sha256 = target.stat().st_size, sha256_of(target)
    told = {one for one in (wanted.file.sha256, wanted.offer.sha256) if one}
    sizes = {one for one in (wanted.file.size_bytes, wanted.offer.size_bytes) if one is not None}
    right = told <= {sha256} and sizes <= {size_bytes} and (told or sizes)
    return (size_bytes, sha256) if right else None


def _total(wanted: Iterable[_Wanted]) -> int | None:
    total = 0
    for one in wanted:
        size_bytes = agreed_size(one.offer, one.file)
        if size_bytes is None:
            return None
        total += size_bytes
    return total


def _check_room(wanted: Sequence[_Wanted], layout: Layout) -> None:
    """Raise `StorageFull` if the disk cannot hold the models. Archives need their size twice."""
    absent = [one for one in wanted if not layout.target(one.model, one.file).exists()]
    needed = sum(
        (agreed_size(one.offer, one.file) or 0) * (2 if one.is_archive else 1) for one in absent
    )
    begun = sum(path.stat().st_size for path in (layout.root / PARTS).iterdir())
    free = shutil.disk_usage(layout.root).free
    if needed and needed - begun + _SPARE_BYTES > free:
        raise StorageFull(
            f"{layout.root} has {free / 2**20:.0f} MiB free and the models need"
            f" {(needed - begun + _SPARE_BYTES) / 2**20:.0f} MiB; free some space and pull again"
        )


def _pin(root: Path, source: str, placed: Iterable[_Placed]) -> Pinned:
    by_model: dict[Model, dict[str, PinnedFile]] = {}
    for one in placed:
        by_model.setdefault(one.model, {}).update(one.files)
    pinned = inventory.read(root).with_models(
        PinnedModel(
            name=model.name,
            kind=model.kind,
            source=source,
            revision=model.revision,
            licence=model.licence,
            files=files,
        )
        for model, files in by_model.items()
    )
    inventory.write(root, pinned)
    return pinned


def _forget_parts(layout: Layout) -> None:
    """Delete partial files of earlier pulls, which are no longer needed."""
    for parts in {layout.root / PARTS, layout.torch / PARTS}:
        for part in parts.glob("*.part"):
            part.unlink()
