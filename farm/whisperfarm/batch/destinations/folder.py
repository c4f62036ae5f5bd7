"""Transcripts in a folder of this machine."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from whisperfarm_client import output, output_names


@dataclass(frozen=True, slots=True)
class Folder:
    """The tree below a folder. Its manifest says to which source it belongs."""

    folder: Path

    @property
    def name(self) -> str:
        return str(self.folder)

    def claim(self, source: str, *, dry_run: bool) -> None:
        """Leave it to the manifest, which is in the folder."""

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def exist(self, paths: Iterable[str]) -> bool:
        return all(map(os.path.exists, paths))

    def check_writable(self, paths: Iterable[str]) -> None:
        output_names.check_writable(paths)

    def write(self, path: str, content: bytes) -> None:
        """Write the file and make its folder. Raises `OutputNotWritable`, which ends the run."""
        output.make_folder(os.path.dirname(path))
        output.write(path, content)
