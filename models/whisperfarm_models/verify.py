"""Verifies installed models, reading every byte."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from whisperfarm_contract.problems import MissingModel, ModelIntegrityError
from whisperfarm_models.digests import sha256_of
from whisperfarm_models.folder_layout import InstallLayout
from whisperfarm_models.inventory import Model, ModelFile, with_known_digests
from whisperfarm_models.lockfile import LockedFile, LockedModel, ModelLock
from whisperfarm_models.search_path import ModelPaths, voice_activity_weights

_READERS = 4


class FileState(StrEnum):
    """Result for one file."""

    GOOD = "good"
    UNPINNED = "unpinned"
    MISSING = "missing"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCheck:
    """A verified file. `detail` says what is wrong with it."""

    model: Model
    file: ModelFile
    path: Path
    state: FileState
    content: LockedFile | None = None
    detail: str = ""


def verify(
    models: Iterable[Model], model_paths: ModelPaths, layout: InstallLayout, locked: ModelLock
) -> list[FileCheck]:
    """Compare each file of the models, in order, with the table and `model_inventory.json`."""
    to_check = [
        (model, file, path)
        for model in models
        for file, path in _files(model, _folder(model, model_paths, layout))
    ]
    with ThreadPoolExecutor(_READERS, thread_name_prefix="verify") as pool:
        return list(pool.map(lambda one: _check_file(one[0], one[1], one[2], locked), to_check))


def check_files(model: Model, folder: Path, locked: ModelLock) -> None:
    """Raise `MissingModel` or `ModelIntegrityError`, naming the first file that is missing or has
    another digest than that of the table and `model_inventory.json`."""
    for file, path in _files(model, folder):
        found = _check_file(model, file, path, locked)
        if found.state in (FileState.MISSING, FileState.DIFFERS):
            problem = MissingModel if found.state is FileState.MISSING else ModelIntegrityError
            raise problem(
                f"the {model.kind} model {model.name} was not loaded: {found.detail}; run"
                " `whisperfarm models pull` to download it again"
            )


def pin(found: Iterable[FileCheck], locked: ModelLock) -> ModelLock:
    """Return the inventory with the current sizes and digests of these files."""
    files: dict[Model, dict[str, LockedFile]] = {}
    for one in found:
        if one.content is not None and one.model.origin != "package":
            files.setdefault(one.model, {})[one.file.path] = one.content
    return locked.with_models(
        LockedModel(
            name=model.name,
            kind=model.kind,
            source=locked.of(model).source,
            revision=locked.of(model).revision,
            licence=model.licence,
            files=contents,
        )
        for model, contents in files.items()
    )


def _folder(model: Model, model_paths: ModelPaths, layout: InstallLayout) -> Path:
    """Return the folder from which a worker loads the model, else the one of a pull."""
    if model.kind == "voice activity":
        return voice_activity_weights(model.name).parent
    if model.origin == "nltk":
        return _sentences(model, model_paths) or layout.folder(model)
    found = model_paths.find(model.name)
    if found is None:
        return Path() if model.origin == "package" else layout.folder(model)
    return found.parent if model.origin == "torch" else found


def _sentences(model: Model, model_paths: ModelPaths) -> Path | None:
    tail = Path(*Path(model.folder).parts[1:])
    folders = [folder / tail for folder in model_paths.sentence_folders()]
    return next((folder for folder in folders if folder.is_dir()), None)


def _files(model: Model, folder: Path) -> Iterator[tuple[ModelFile, Path]]:
    """Yield the files that should exist; of two alternatives, the one that does."""
    present = {file.path for file in model.files if (folder / file.path).is_file()}
    for file in model.files:
        is_replacement = file.instead_of is not None and file.path not in present
        replaced = any(
            other.instead_of == file.path and other.path in present for other in model.files
        )
        if file.path in present or not (file.optional or is_replacement or replaced):
            yield file, folder / file.path


def _check_file(model: Model, file: ModelFile, path: Path, locked: ModelLock) -> FileCheck:
    def found(state: FileState, detail: str = "", content: LockedFile | None = None) -> FileCheck:
        return FileCheck(
            model=model, file=file, path=path, state=state, detail=detail, content=content
        )

    if not path.is_file():
        return found(FileState.MISSING, f"{path} is missing")
    content = LockedFile(path.stat().st_size, sha256_of(path))
    locked_file = locked.of(model).files.get(file.path)
    wanted = with_known_digests(
        file,
        size_bytes=locked_file.size_bytes if locked_file else None,
        sha256=locked_file.sha256 if locked_file else None,
    )
    if wanted.size_bytes not in (None, content.size_bytes):
        detail = f"{path} has {content.size_bytes} bytes instead of {wanted.size_bytes}"
        return found(FileState.DIFFERS, detail)
    if wanted.sha256 not in (None, content.sha256):
        detail = f"{path} has the SHA-256 {content.sha256} instead of {wanted.sha256}"
        return found(FileState.DIFFERS, detail)
    return found(FileState.GOOD if wanted.sha256 else FileState.UNPINNED, content=content)
