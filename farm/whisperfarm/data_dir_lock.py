"""The lock that `whisperfarm up` holds on its data folder, and who holds it."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

from whisperfarm_contract.problems import InvalidSettings

_FILE = "up.lock"


class Holder(NamedTuple):
    """The process that runs a farm in a data folder, and its URL once it is known."""

    pid: str
    url: str


@contextmanager
def lock_data_dir(folder: Path) -> Iterator[Callable[[str], None]]:
    """Lock the data folder: two farms in one folder would claim each other's jobs.

    Yields a function that records the farm's URL. Raises `InvalidSettings` if another farm holds
    the lock.
    """
    with (folder / _FILE).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InvalidSettings(
                f"another farm (process {_read(lock).pid or 'unknown'}) uses {folder}; "
                "stop it, or set --data-dir to another folder"
            ) from None
        _write(lock)
        yield lambda url: _write(lock, url)


def holder(folder: Path) -> Holder | None:
    """Return the process that runs a farm in the data folder, or `None`."""
    try:
        with (folder / _FILE).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        with (folder / _FILE).open() as lock:
            return _read(lock)
    except OSError:  # there is no such file
        return None
    return None


def _read(lock: TextIO) -> Holder:
    lock.seek(0)
    pid, _, url = lock.read().strip().partition(" ")
    return Holder(pid, url)


def _write(lock: TextIO, url: str = "") -> None:
    lock.truncate(0)
    lock.write(f"{os.getpid()} {url}")
    lock.flush()
