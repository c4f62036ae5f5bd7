"""The files of the intake folder.

The folder is listed again and again, because notifications of the operating system do not arrive
for changes that another machine makes in a network folder.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

OnError = Callable[[str, OSError], object]
"""Called with the path of a sub-folder that cannot be listed."""


class Version(NamedTuple):
    """What changes when a file is written."""

    size_bytes: int
    mtime_ns: int


def scan(
    intake: Path, globs: Sequence[str], *, excluded: Sequence[Path], on_error: OnError
) -> dict[str, Version]:
    """Return the files that match a glob, by their paths relative to the intake folder.

    Names that begin with a dot, links and the `excluded` paths are left out. The case of names
    does not matter. Raises `OSError` if the intake folder itself cannot be listed.
    """
    os.scandir(intake).close()
    found: dict[str, Version] = {}
    for entry in _files(intake, excluded, on_error):
        if any(fnmatch(entry.name.lower(), glob.lower()) for glob in globs):
            path = Path(entry)
            file_version = version(path)
            if file_version is not None:
                found[str(path.relative_to(intake))] = file_version
    return found


def version(path: Path) -> Version | None:
    """Return the version of the file now, or `None` if it has gone."""
    try:
        status = path.stat()
    except OSError:
        return None
    return Version(status.st_size, status.st_mtime_ns)


def _files(
    folder: Path, excluded: Sequence[Path], on_error: OnError
) -> "Iterator[os.DirEntry[str]]":
    try:
        with os.scandir(folder) as entries:
            children = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        on_error(str(folder), error)
        return
    for entry in children:
        if entry.name.startswith(".") or Path(entry) in excluded:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry), excluded, on_error)
        elif entry.is_file(follow_symlinks=False):
            yield entry
