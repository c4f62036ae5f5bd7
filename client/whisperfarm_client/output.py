"""Output files: there complete, or not there."""

import os

from whisperfarm_client.errors import OutputUnwritable


def make_folder(path: str) -> None:
    """Makes the folder, and finds out now whether it can be written to."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise OutputUnwritable(f"the folder {path} can not be made: {error.strerror}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise OutputUnwritable(f"the folder {path} can not be written to: Permission denied")


def write(path: str, content: bytes) -> None:
    """Puts the file there in one step: a reader never sees half of it.

    It is written beside its place under another name, brought to the disk, and renamed.
    """
    folder, name = os.path.split(path)
    unfinished = os.path.join(folder, f".{name}.{os.urandom(4).hex()}")
    try:
        _write_through(unfinished, content)
        os.replace(unfinished, path)
    except OSError as error:
        raise OutputUnwritable(f"{path} can not be written: {error.strerror}") from error
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
        return  # it has its real name by now, or never came to be
