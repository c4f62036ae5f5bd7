"""A folder for what an attempt needs only for a while. It goes when its process goes."""

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
    """The folder of this process below `root`: `<host>-<pid>`."""

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
        """A new folder, removed with all that is in it at the end of the block."""
        path = Path(mkdtemp(dir=self._folder))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def remove(self) -> None:
        """The process ends."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _remove_stale(self) -> None:
        """What killed workers of this machine have left."""
        for folder in self._root.glob(f"{socket.gethostname()}-*"):
            pid = folder.name.rpartition("-")[2]
            if pid.isdigit() and not psutil.pid_exists(int(pid)):
                events.worker.scratch_removed.log(folder=folder.name)
                shutil.rmtree(folder, ignore_errors=True)
