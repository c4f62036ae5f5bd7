"""Translates keywords and key terms to hotwords."""

import re
from collections.abc import Iterable, Iterator

from whisperfarm_contract.problems import InvalidOption

_BOOST = re.compile(r"(?P<word>.+):(?P<boost>-?[0-9]+(\.[0-9]+)?)")


def hotwords(keywords: Iterable[str], keyterms: Iterable[str]) -> str:
    """Return the words, separated by commas.

    Each of `keywords` is `word` or `word:boost`, or several separated by commas, as SIPREC sends
    them. The boost has no effect. Raises `InvalidOption` for a negative one, which is to lower the
    word. `keyterms` are taken as they are.
    """
    return ", ".join((*_words(keywords), *(term.strip() for term in keyterms)))


def _words(keywords: Iterable[str]) -> Iterator[str]:
    for value in keywords:
        for entry in value.split(","):
            if word := _without_boost(entry.strip()):
                yield word


def _without_boost(entry: str) -> str:
    boosted = _BOOST.fullmatch(entry)
    if boosted is None:
        return entry
    if float(boosted["boost"]) < 0:
        raise InvalidOption(
            f"keywords: {entry!r} makes a word less likely, which this farm does not support; omit"
            " the keyword"
        )
    return boosted["word"].strip()
