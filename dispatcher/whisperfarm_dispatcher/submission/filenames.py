"""File names of recordings."""

import re

_LENGTH = 255


def base_name(filename: str) -> str:
    """Return the name without folders and control characters, for logs and headers."""
    last = re.split(r"[/\\]", filename)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:_LENGTH]
