"""The sizes of files that the operator's inventory pins."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from whisperfarm_models import lockfile
from whisperfarm_models.requirements.requirement import RequiredFile, Requirement
from whisperfarm_models.search_path import ModelPaths


def add(requirements: Iterable[Requirement], model_paths: ModelPaths) -> Iterator[Requirement]:
    """Yield the requirements with the pinned sizes of their files."""
    sizes = _locked_sizes(model_paths)
    for requirement in requirements:
        files = tuple(_with_locked_size(file, sizes) for file in requirement.files)
        yield replace(requirement, files=files)


def _locked_sizes(model_paths: ModelPaths) -> dict[Path, int]:
    """Return the sizes in the inventory of the operator's models folder, by path."""
    root = model_paths.folders[0]
    return {
        (model_paths.torch / "hub/checkpoints" if model.kind == "aligner" and "/" not in model.name
         else root / model.name) / path: file.size_bytes
        for model in lockfile.read(root).models.values()
        for path, file in model.files.items()
    }  # fmt: skip


def _with_locked_size(file: RequiredFile, sizes: dict[Path, int]) -> RequiredFile:
    return replace(file, locked_bytes=sizes.get(file.path))
