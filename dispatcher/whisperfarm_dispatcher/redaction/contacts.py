"""Telephone numbers and e-mail addresses."""

import re
from collections.abc import Iterator

from whisperfarm_dispatcher.redaction.digit_runs import Digits, runs

_PHONE_LENGTHS = range(7, 16)
"""From the shortest local numbers to the longest of ITU-T E.164."""

_NO_PHONE = re.compile(
    r"\d{4}-\d\d?-\d\d?|\d\d?[./-]\d\d?[./-](?:\d\d){1,2}"  # dates
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+[.,]\d{2}"  # amounts
)

_WRITTEN_EMAIL = re.compile(r"\b[\w.+-]{1,64}+@[\w-]{1,63}(?:\.[\w-]{1,63})+\b")

_DOT = r"(?: ?\. ?| dot | punkt | point | punto )"
_AT = r"(?: ?@ ?| at | ät | arobase | arroba )"
_SPOKEN_COUNTRIES = (
    "ar", "au", "br", "ca", "ch", "cl", "co", "cz", "de", "dk", "es", "eu", "fi", "fr", "gr", "hu",
    "ie", "io", "it", "jp", "mx", "nl", "nz", "pl", "pt", "ro", "se", "sk", "tr", "ua", "uk",
)  # fmt: skip
_SPOKEN_EMAIL = re.compile(
    rf"\b[\w+-]{{1,64}}+(?:{_DOT}[\w+-]{{1,64}}+){{,9}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{,9}}{_DOT}"
    rf"(?:com|org|net|info|biz|edu|gov|{'|'.join(_SPOKEN_COUNTRIES)})\b(?! ?@)",
    re.IGNORECASE,
)
"""A sentence such as "look at the dot on the map" is none: the last part must be a domain."""


def find_phones(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of digits that may be telephone numbers, with a plus sign before them.

    A number that is read out has no other mark than its length, so other numbers of that length
    are found too; dates and amounts are not.
    """
    for run in runs(text):
        if len(run.digits) in _PHONE_LENGTHS and not _NO_PHONE.fullmatch(text, run.start, run.end):
            yield _start(text, run), run.end


def find_emails(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of addresses, as they are written and as they are read out."""
    for pattern in (_WRITTEN_EMAIL, _SPOKEN_EMAIL):
        yield from (found.span() for found in pattern.finditer(text))


def _start(text: str, run: Digits) -> int:
    before = re.search(r"(?:(?:\+|\bplus)[ (]{0,2}|\()$", text[: run.start], re.IGNORECASE)
    return before.start() if before else run.start
