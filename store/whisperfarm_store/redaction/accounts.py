"""International bank account numbers, whose banks may be newer than our list of banks."""

import re
from collections.abc import Iterator

from stdnum import iban

_START = re.compile(r"\b[A-Z][ -]?[A-Z][ -]?[0-9][ -]?[0-9]", re.IGNORECASE)
_GROUP = re.compile(r"[ ,-]{0,2}[A-Z0-9]+", re.IGNORECASE)
_MIN_CHARACTERS, _MAX_CHARACTERS = 15, 34


def find_ibans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of account numbers that pass their check digits."""
    for start in _START.finditer(text):
        end = _end(text, start.start(), start.end())
        if end is not None:
            yield start.start(), end


def _end(text: str, start: int, position: int) -> int | None:
    """Return the end of the longest valid number that ends with a group, or `None`."""
    found = None
    while group := _GROUP.match(text, position):
        position = group.end()
        number = re.sub("[ ,-]", "", text[start:position])
        if len(number) > _MAX_CHARACTERS:
            break
        if len(number) >= _MIN_CHARACTERS and iban.is_valid(number, check_country=False):
            found = position
    return found
