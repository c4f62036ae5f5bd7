"""Telephone numbers."""

import re
from collections.abc import Iterator

from whisperfarm_store.redaction.digit_runs import Digits, runs

_PHONE_LENGTHS = range(7, 16)
"""From the shortest local numbers to the longest of ITU-T E.164."""

_NO_PHONE = re.compile(
    r"\d{4}-\d\d?-\d\d?|\d\d?[./-]\d\d?[./-](?:\d\d){1,2}"  # dates
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+[.,]\d{2}"  # amounts
)


def find_phones(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of digits that may be telephone numbers, with a plus sign before them.

    A number that is read out has no other mark than its length, so other numbers of that length
    are found too; dates and amounts are not.
    """
    for run in runs(text):
        if len(run.digits) in _PHONE_LENGTHS and not _NO_PHONE.fullmatch(text, run.start, run.end):
            yield _start(text, run), run.end


def _start(text: str, run: Digits) -> int:
    before = re.search(r"(?:(?:\+|\bplus)[ (]{0,2}|\()$", text[: run.start], re.IGNORECASE)
    return before.start() if before else run.start
