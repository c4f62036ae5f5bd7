"""Models from rows of the table."""

import re
from collections.abc import Mapping
from typing import Any

from whisperfarm_contract.problems import ModelIntegrityError
from whisperfarm_models.inventory.generic_files import GENERIC_FILES
from whisperfarm_models.inventory.model import Model, ModelFile

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)*", re.ASCII)


def validate_name(name: str) -> str:
    """Return the name if it is safe as a folder. Raises `ModelIntegrityError` otherwise."""
    if not _NAME.fullmatch(name):
        raise ModelIntegrityError(
            f"invalid model name {name!r}; use letters, digits, '.', '_', '-' and '/'"
        )
    return name


def from_hub(
    kind: str, name: str, row: Mapping[str, Any], *, repository: str | None = None
) -> Model:
    """Return a model of a repository; without a row, with the generic files of its kind."""
    return Model(
        kind=kind,
        name=validate_name(name),
        origin="hub",
        folder=name,
        files=files_of(row) or GENERIC_FILES[kind],
        repository=repository or name,
        revision=row.get("revision", "main"),
        licence=row.get("licence", "see the repository"),
        approximate_bytes=row.get("approximate_bytes"),
    )


def from_package(kind: str, name: str, row: Mapping[str, Any]) -> Model:
    """Return a model that an engine's package carries."""
    return Model(
        kind=kind,
        name=name,
        origin="package",
        folder="",
        files=files_of(row),
        licence=row["licence"],
    )


def files_of(row: Mapping[str, Any]) -> tuple[ModelFile, ...]:
    """Return the files that a row lists, with their sizes and digests."""
    return tuple(
        ModelFile(path=path, size_bytes=size_bytes or None, sha256=sha256 or None)
        for path, size_bytes, sha256 in row.get("files", ())
    )
