"""File names of recordings."""

import re
import unicodedata

_LENGTH = 255
_CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of control characters, lone surrogates and line breaks, which end a line of a log or a
header. Joiners of emoji and no-break spaces stay: names consist of them."""
_WINDOWS_PATH = re.compile(r"[A-Za-z]:\\|\\\\")
"""The start of a whole path with a drive or a server, as old browsers send. Elsewhere a backslash
belongs to the name, as file systems of Linux allow."""


def base_name(filename: str) -> str:
    """Return the name without folders and control characters, for logs and headers."""
    separators = r"[/\\]" if _WINDOWS_PATH.match(filename) else "/"
    last = re.split(separators, filename)[-1]
    kept = (letter for letter in last if unicodedata.category(letter) not in _CONTROL)
    return "".join(kept)[:_LENGTH]
