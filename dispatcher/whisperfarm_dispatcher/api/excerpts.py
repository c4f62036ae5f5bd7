"""The place in a transcript where a query finds its words."""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

from whisperfarm_store.ledger import TextQuery, pieces

CHARS_AROUND = 90


def excerpt(text: str, query: TextQuery) -> str:
    """Return the text around the first word that was searched for, as HTML: escaped, with each such
    word in `mark`."""
    start, end = _window(text, query)
    marked = Markup("").join(_marked(text[start:end], query))
    return f"{'… ' if start else ''}{marked}{' …' if end < len(text) else ''}"


def _window(text: str, query: TextQuery) -> tuple[int, int]:
    """Return a span that begins and ends between words."""
    center = _first(text, query)
    start, end = max(center - CHARS_AROUND, 0), min(center + 2 * CHARS_AROUND, len(text))
    if start:
        start = text.find(" ", start, center) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", center + 1, end), 0) or end
    return start, end


def _first(text: str, query: TextQuery) -> int:
    """Return the place of the first word, or one that has its letters, or 0: terms have letters and
    digits alone, and differ from the text by their Unicode form at most."""
    firsts = "|".join(one.terms[0] for one in query.phrases)
    for pattern in (rf"\b(?:{firsts})\b", firsts):
        if found := re.search(pattern, text, re.IGNORECASE):
            return found.start()
    return 0


def _marked(text: str, query: TextQuery) -> Iterator[Markup]:
    whole = {term for one in query.phrases for term in one.terms}
    starts = tuple(one.terms[-1] for one in query.phrases if one.is_prefix)
    for original, term in pieces(text):
        is_found = bool(term) and (term in whole or term.startswith(starts))
        yield Markup("<mark>{}</mark>").format(original) if is_found else escape(original)
