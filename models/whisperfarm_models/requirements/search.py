"""Finds the files of a model on the search path."""

from collections.abc import Callable, Sequence
from pathlib import Path

from whisperfarm_models.inventory import Model, sentences
from whisperfarm_models.requirements.requirement import RequiredFile, Requirement
from whisperfarm_models.search_path import ModelPaths


def find_model(
    model: Model, model_paths: ModelPaths, list_files: Callable[[Path], list[Path]]
) -> Requirement:
    """Return the model with its installed files, or where a download would put them."""
    location = model_paths.find(model.name) or model_paths.download_path(model.name)
    return require(model, location, list_files)


def require(model: Model, location: Path, list_files: Callable[[Path], list[Path]]) -> Requirement:
    """Return the model with the files that `list_files` names for its location."""
    return _required(
        model, location, [RequiredFile(path, _size(path)) for path in list_files(location)]
    )


def _required(model: Model, location: Path, needed: Sequence[RequiredFile]) -> Requirement:
    return Requirement(
        kind=model.kind,
        model=model.name,
        location=location,
        files=tuple(needed),
        source=model.source,
        licence=model.licence,
    )


def find_sentences(language: str, model_paths: ModelPaths) -> Requirement:
    """Return the language's sentence splitter, or the English one, as the worker does."""
    model = sentences(language)
    tail = Path(*Path(model.folder).parts[1:])
    english = tail.with_name("english")
    folders = [
        folder / name for name in (tail, english) for folder in model_paths.sentence_folders()
    ]
    location = next((one for one in folders if one.is_dir()), model_paths.folders[0] / model.folder)
    return _required(
        model,
        location,
        [
            RequiredFile(location / file.path, _size(location / file.path), may_be_empty=True)
            for file in model.files
        ],
    )


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
