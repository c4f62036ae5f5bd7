"""Selects the files of a model from those of a source."""

from collections.abc import Mapping
from typing import TypeVar

from whisperfarm_contract.problems import MissingModel
from whisperfarm_models.inventory import Model, ModelFile

File = TypeVar("File")


def select_files(
    model: Model, offered: Mapping[str, File], *, source: str
) -> list[tuple[ModelFile, File]]:
    """Return the files to pull. Raises `MissingModel`, naming the first file that is missing."""
    chosen = []
    stand_ins = {file.instead_of: file.path for file in model.files if file.instead_of}
    for file in model.files:
        if file.instead_of in offered:
            continue
        if file.path in offered:
            chosen.append((file, offered[file.path]))
        elif not (file.optional or file.instead_of or stand_ins.get(file.path) in offered):
            raise MissingModel(f"{source} has no file {file.path} of the model {model.name}")
    return chosen
