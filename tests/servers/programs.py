"""Finds the programs of the servers."""

import shutil
from collections.abc import Iterable
from pathlib import Path

_SYSTEM_PROGRAMS = "/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin"
"""Debian keeps servers in /usr/sbin, which is not on a user's PATH."""


class ServerMissing(Exception):
    """A server that a test needs is not installed; the message says how to install it."""


def program(name: str, *, remedy: str, first: Iterable[Path] = ()) -> Path:
    """Find a program in one of the folders `first`, on the PATH, or in /usr/sbin.

    Raises `ServerMissing` with `remedy`, the command that installs it.
    """
    for folders in (*map(str, first), None, _SYSTEM_PROGRAMS):
        if found := shutil.which(name, path=folders):
            return Path(found)
    raise ServerMissing(f"{name} is not installed: {remedy}")
