"""Writes output files atomically."""

import os

from whisperfarm_client.errors import OutputUnwritable


def make_folder(path: str) -> None:
    """Create the folder and check that it is writable. Raises `OutputUnwritable`."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise OutputUnwritable(f"the folder {path} cannot be created: {error.strerror}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise OutputUnwritable(f"the folder {path} cannot be written to: Permission denied")


def write(path: str, content: bytes) -> None:
    """Write the file atomically: to a temporary name in the same folder, synced, then renamed.

    Raises `OutputUnwritable`.
    """
    folder, name = os.path.split(path)
    unfinished = os.path.join(folder, f".{name}.{os.urandom(4).hex()}")
    try:
        _write_through(unfinished, content)
        os.replace(unfinished, path)
    except OSError as error:
        raise OutputUnwritable(f"{path} cannot be written: {error.strerror}") from error
    finally:
        _forget(unfinished)


def _write_through(path: str, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _forget(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return  # it was renamed or never created
