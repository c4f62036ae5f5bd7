"""Folders for temporary files of attempts. They are removed when the process ends."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psutil

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store import events


class Scratch:
    """Temporary folder of this process: `<host>-<pid>` in `root`.

    Raises `InvalidSettings` if it cannot be created.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / f"{socket.gethostname()}-{os.getpid()}"
        self._remove_stale()
        shutil.rmtree(self._folder, ignore_errors=True)
        try:
            self._folder.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise InvalidSettings(
                f"WHISPERFARM_DATA_DIR: the folder {self._folder} cannot be created"
                f" ({error.strerror}); set it to a writable folder"
            ) from error

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Create a folder that is removed with its content at the end of the block."""
        path = Path(mkdtemp(dir=self._folder))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def remove(self) -> None:
        """Remove the folder of this process."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _remove_stale(self) -> None:
        """Remove folders of processes that were killed on this machine."""
        for folder in self._root.glob(f"{socket.gethostname()}-*"):
            pid = folder.name.rpartition("-")[2]
            if pid.isdigit() and not psutil.pid_exists(int(pid)):
                events.worker.scratch_removed.log(folder=folder.name)
                shutil.rmtree(folder, ignore_errors=True)
