"""Writes output files atomically."""

import os

from whisperfarm_client.errors import OutputNotWritable


def make_folder(path: str) -> None:
    """Create the folder and check that it is writable. Raises `OutputNotWritable`."""
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise OutputNotWritable(f"the folder {path} cannot be created: {error.strerror}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise OutputNotWritable(f"the folder {path} cannot be written to: Permission denied")


def write(path: str, content: bytes, *, partial_dir: str | None = None) -> None:
    """Write the file atomically: to a temporary name, synced, then renamed.

    `partial_dir` is the folder of the temporary name, on the same file system (default: that of the
    file). Raises `OutputNotWritable`.
    """
    folder = os.path.dirname(path) if partial_dir is None else partial_dir
    # The temporary name is short: the file system may allow no longer name than that of the file.
    partial = os.path.join(folder, f".whisper-remote.{os.urandom(4).hex()}")
    try:
        _write_synced(partial, content)
        os.replace(partial, path)
    except OSError as error:
        raise OutputNotWritable(f"{path} cannot be written: {error.strerror}") from error
    finally:
        _remove_partial(partial)


def _write_synced(path: str, content: bytes) -> None:
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _remove_partial(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return  # it was renamed or never created
