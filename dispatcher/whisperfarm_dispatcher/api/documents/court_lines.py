"""Wraps text at a fixed width, counted in columns of a typewriter font."""

import unicodedata
from collections.abc import Iterator


def wrapped(text: str, *, columns: int) -> Iterator[str]:
    """Yield lines of at most `columns` columns; a longer word is divided."""
    line = ""
    for word in text.split():
        for part in _parts(word, columns):
            if line and _width(line) + 1 + _width(part) > columns:
                yield line
                line = part
            else:
                line = f"{line} {part}" if line else part
    if line:
        yield line


def _parts(word: str, columns: int) -> Iterator[str]:
    part, width = "", 0
    for character in word:
        width += _width(character)
        if width > columns:
            yield part
            part, width = "", _width(character)
        part += character
    yield part


def _width(text: str) -> int:
    """Return the columns of the text; ideographs and emoji take two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
