"""All recordings of a folder and the folders in it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from whisperfarm.batch import patterns
from whisperfarm.batch.recording import Recording
from whisperfarm.batch.sources.files import Files, describe
from whisperfarm_contract.problems import MissingAudio


class Folder(Files):
    """The recordings below `root`. Links to files are followed, links to folders are not."""

    def __init__(
        self,
        root: Path,
        options: Mapping[str, str],
        *,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> None:
        self.root = root
        self.name = str(root)
        self._options = options
        self._include = include
        self._exclude = exclude

    def recordings(self) -> Iterator[Recording]:
        """Yield the recordings by folder. Raises `MissingAudio` if a folder cannot be read."""
        for folder, subfolders, names in os.walk(self.root, onerror=_raise):
            subfolders.sort()
            for name in sorted(names):
                location = os.path.join(folder, name)
                path = os.path.relpath(location, self.root)
                if patterns.is_wanted(path.replace(os.sep, "/"), self._include, self._exclude):
                    yield describe(path, location, self._options)


def _raise(error: OSError) -> NoReturn:
    raise MissingAudio(f"{error.filename} cannot be read: {error.strerror}") from error
