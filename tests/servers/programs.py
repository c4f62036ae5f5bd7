"""Where the programs of the servers lie."""

import shutil
from collections.abc import Iterable
from pathlib import Path

_SYSTEM_PROGRAMS = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
"""Debian keeps servers in /usr/sbin, which is not on an ordinary user's PATH."""


class ServerMissing(Exception):
    """A server that a test wants is not installed; the message says how to get it."""


def program(name: str, *, remedy: str, first: Iterable[Path] = ()) -> Path:
    """The program of that name: in one of the folders `first`, on the PATH, or beside it.

    Raises `ServerMissing` with `remedy`, the command that installs it.
    """
    for folders in (*map(str, first), None, _SYSTEM_PROGRAMS):
        if found := shutil.which(name, path=folders):
            return Path(found)
    raise ServerMissing(f"{name} is not installed: {remedy}")
