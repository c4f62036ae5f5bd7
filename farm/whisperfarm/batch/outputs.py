"""Where the output files of a batch are."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from whisperfarm.batch.destinations.destination import Destination
from whisperfarm.batch.manifest import Row
from whisperfarm_contract.formats import get_format

_DOTS = {"": "%", ".": "%2E", "..": "%2E%2E"}
"""What stands for parts of a key in a bucket that a file system would take for another folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """Output files in a destination, one for each of `formats`.

    `is_mirrored`: the tree is another one than that of the recordings. A recording elsewhere then
    has its whole path in the tree; otherwise its output is beside it.
    """

    destination: Destination
    formats: Sequence[str]
    is_mirrored: bool

    def place(self, path: str) -> str:
        """Return the path of a recording in the tree of the output, which it never leaves."""
        if not self.is_mirrored:
            return path
        return os.sep.join(_DOTS.get(part, part) for part in path.lstrip(os.sep).split(os.sep))

    def path(self, row: Row, format: str) -> str:
        """Return the output file of a recording in this format."""
        extension = get_format(format).extension
        return self.destination.path(f"{row.name}.{extension}")

    def exist(self, row: Row) -> bool:
        """Whether the recording was transcribed to all formats, and the files are there."""
        has_formats = set(self.formats) <= set(row.formats.split(","))
        return has_formats and self.destination.exist(self.paths(row))

    def paths(self, row: Row) -> list[str]:
        """Return the output files of a recording."""
        return [self.path(row, format) for format in self.formats]
