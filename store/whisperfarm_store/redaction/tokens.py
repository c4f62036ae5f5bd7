"""The parts of a text that are read at once: numbers, words and single signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+|[^\s]")


@dataclass(frozen=True, slots=True)
class Token:
    """A token, its position in the text, and whether white space precedes it."""

    text: str
    start: int
    end: int
    after_space: bool


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text in order."""
    end = 0
    for found in _TOKEN.finditer(text):
        yield Token(found.group(), found.start(), found.end(), found.start() > end)
        end = found.end()
