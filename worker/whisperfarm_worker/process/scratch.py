"""Folders for temporary files of attempts. They are removed when the process ends."""

import fcntl
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

    Folders in `root` that no live process holds are removed. Raises `InvalidSettings` if the folder
    cannot be created.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / f"{socket.gethostname()}-{os.getpid()}"
        try:
            root.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _locked(root):
                _remove_stale(root)
                self._folder.mkdir(mode=0o700)
                self._descriptor = _lock(self._folder)
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
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _lock(folder: Path, *, flags: int = fcntl.LOCK_EX | fcntl.LOCK_NB) -> int | None:
    """Lock a folder until its descriptor is closed or the process ends, however it ends.

    Returns the descriptor, or `None` if this disk has no locks. Raises `BlockingIOError` if another
    process holds the lock.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, flags)
    except BlockingIOError:
        os.close(descriptor)
        raise
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Keep other processes from removing a folder before its process holds it."""
    descriptor = _lock(root, flags=fcntl.LOCK_EX)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _remove_stale(root: Path) -> None:
    """Remove the folders of processes that were killed, here or on a host that has another name."""
    for folder in root.iterdir():
        if folder.is_dir() and not _is_held(folder):
            events.worker.scratch_removed.log(folder=folder.name)
            shutil.rmtree(folder, ignore_errors=True)


def _is_held(folder: Path) -> bool:
    """Return whether a live process holds the folder, or may hold it."""
    try:
        descriptor = _lock(folder)
    except OSError:
        return True
    if descriptor is None:
        return _may_be_alive(folder.name)
    os.close(descriptor)
    return False


def _may_be_alive(name: str) -> bool:
    """Return whether the process of `<host>-<pid>` runs on this host, or on another one."""
    host, _, pid = name.rpartition("-")
    return host != socket.gethostname() or not pid.isdigit() or psutil.pid_exists(int(pid))
