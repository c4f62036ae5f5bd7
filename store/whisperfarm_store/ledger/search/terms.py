"""The words of a text in the form in which they are compared: terms.

A term has letters, digits and marks alone, so that it is never syntax of a database's search.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from unicodedata import category, name, normalize

MAX_TERM_BYTES = 56
"""Longer words are compared by their start: databases limit the size of an index entry."""

_WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""Scripts that put no spaces between words: each character is a term."""


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text in pieces, each with its term, which is empty between words."""
    for kind, characters in groupby(enumerate(text), key=_kind):
        original = "".join(character for _, character in characters)
        yield original, _term(original) if kind else ""


def terms(text: str) -> list[str]:
    """Return the terms of a text, in order."""
    return [term for _, term in pieces(text) if term]


def _kind(place: tuple[int, str]) -> str:
    """Return what pieces of one word have in common; empty between words."""
    index, character = place
    kind = _script(character)
    return f"{kind}{index}" if kind == "alone" else kind


@lru_cache(maxsize=8192)
def _script(character: str) -> str:
    if not character.isalnum() and not category(character).startswith("M"):
        return ""
    return "alone" if name(character, "").startswith(_WITHOUT_SPACES) else "word"


def _term(word: str) -> str:
    folded = normalize("NFKC", normalize("NFKC", word).casefold())
    kept = "".join(one for one in folded if _script(one))
    return kept.encode()[:MAX_TERM_BYTES].decode(errors="ignore")
