"""A model that a preset needs, and its files."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RequiredFile:
    """A file of a model. `size_bytes` is `None` if it is missing.

    `locked_bytes` is its size in `model_inventory.json`, if it was pinned.
    """

    path: Path
    size_bytes: int | None
    locked_bytes: int | None = None
    may_be_empty: bool = False

    @property
    def present(self) -> bool:
        """Whether the file exists, is not empty, and has its pinned size."""
        if self.locked_bytes is not None:
            return self.size_bytes == self.locked_bytes
        return self.size_bytes is not None and (self.may_be_empty or self.size_bytes > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A model that a preset needs. `location` is its folder or file, whether it exists or not.

    `source` and `licence` are those of the inventory.
    """

    kind: str
    model: str
    location: Path
    files: tuple[RequiredFile, ...]
    source: str = ""
    licence: str = ""

    @property
    def present(self) -> bool:
        """Whether all files are present."""
        return all(file.present for file in self.files)
