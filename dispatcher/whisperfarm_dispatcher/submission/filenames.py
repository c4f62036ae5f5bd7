"""File names of recordings."""

import re
import unicodedata

_LENGTH = 255
_CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of control characters, lone surrogates and line breaks, which end a line of a log or a
header. Joiners of emoji and no-break spaces stay: names consist of them."""


def base_name(filename: str) -> str:
    """Return the name without folders and control characters, for logs and headers."""
    last = re.split(r"[/\\]", filename)[-1]
    kept = (letter for letter in last if unicodedata.category(letter) not in _CONTROL)
    return "".join(kept)[:_LENGTH]
