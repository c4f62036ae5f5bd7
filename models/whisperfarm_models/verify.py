"""Verifies installed models, reading every byte."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from whisperfarm_models.digests import sha256_of
from whisperfarm_models.engine_spec import named
from whisperfarm_models.folder_layout import Layout
from whisperfarm_models.inventory import Model, ModelFile, bounded
from whisperfarm_models.lockfile import Pinned, PinnedFile, PinnedModel
from whisperfarm_models.search_path import Places, voice_activity_weights

_READERS = 4


class State(StrEnum):
    """Result for one file."""

    GOOD = "good"
    UNPINNED = "unpinned"
    MISSING = "missing"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A verified file. `detail` says what is wrong with it."""

    model: Model
    file: ModelFile
    path: Path
    state: State
    content: PinnedFile | None = None
    detail: str = ""


def verify(models: Iterable[Model], places: Places, layout: Layout, pinned: Pinned) -> list[Found]:
    """Compare each file of the models, in order, with the table and `model_inventory.json`."""
    asked = [
        (model, file, path)
        for model in models
        for file, path in _files(model, _folder(model, places, layout))
    ]
    with ThreadPoolExecutor(_READERS, thread_name_prefix="verify") as pool:
        return list(pool.map(lambda one: _look(one[0], one[1], one[2], pinned), asked))


def pin(found: Iterable[Found], pinned: Pinned) -> Pinned:
    """Return the inventory with the current sizes and digests of these files."""
    files: dict[Model, dict[str, PinnedFile]] = {}
    for one in found:
        if one.content is not None and one.model.origin != "package":
            files.setdefault(one.model, {})[one.file.path] = one.content
    return pinned.with_models(
        PinnedModel(
            name=model.name,
            kind=model.kind,
            source=pinned.of(model).source,
            revision=pinned.of(model).revision,
            licence=model.licence,
            files=contents,
        )
        for model, contents in files.items()
    )


def _folder(model: Model, places: Places, layout: Layout) -> Path:
    """Return the folder from which a worker loads the model, else the one of a pull."""
    if model.origin == "package":
        return voice_activity_weights(named(model.name)).parent
    if model.origin == "nltk":
        return _sentences(model, places) or layout.folder(model)
    found = places.find(model.name)
    if found is None:
        return layout.folder(model)
    return found.parent if model.origin == "torch" else found


def _sentences(model: Model, places: Places) -> Path | None:
    tail = Path(*Path(model.folder).parts[1:])
    folders = [folder / tail for folder in places.sentence_folders()]
    return next((folder for folder in folders if folder.is_dir()), None)


def _files(model: Model, folder: Path) -> Iterator[tuple[ModelFile, Path]]:
    """Yield the files that should exist; of two alternatives, the one that does."""
    there = {file.path for file in model.files if (folder / file.path).is_file()}
    for file in model.files:
        stands_in = file.instead_of is not None and file.path not in there
        replaced = any(
            other.instead_of == file.path and other.path in there for other in model.files
        )
        if file.path in there or not (file.optional or stands_in or replaced):
            yield file, folder / file.path


def _look(model: Model, file: ModelFile, path: Path, pinned: Pinned) -> Found:
    def found(state: State, detail: str = "", content: PinnedFile | None = None) -> Found:
        return Found(model=model, file=file, path=path, state=state, detail=detail, content=content)

    if not path.is_file():
        return found(State.MISSING, f"{path} is missing")
    content = PinnedFile(path.stat().st_size, sha256_of(path))
    known = pinned.of(model).files.get(file.path)
    wanted = bounded(
        file,
        size_bytes=known.size_bytes if known else None,
        sha256=known.sha256 if known else None,
    )
    if wanted.size_bytes not in (None, content.size_bytes):
        detail = f"{path} has {content.size_bytes} bytes instead of {wanted.size_bytes}"
        return found(State.DIFFERS, detail)
    if wanted.sha256 not in (None, content.sha256):
        detail = f"{path} has the SHA-256 {content.sha256} instead of {wanted.sha256}"
        return found(State.DIFFERS, detail)
    return found(State.GOOD if wanted.sha256 else State.UNPINNED, content=content)
