"""The reason of a request, as a member of its query."""

from typing import Annotated

from fastapi import Depends, Query

from whisperfarm_contract.field_types import PrintableLine
from whisperfarm_contract.problems import InvalidOption

MAX_REASON_CHARS = 200


def _read(
    reason: Annotated[
        str,
        Query(
            min_length=1,
            max_length=MAX_REASON_CHARS,
            description=(
                "Why; it stays in the chain of custody, so it should name a case and no person."
            ),
        ),
    ],
) -> str:
    try:
        text = PrintableLine(MAX_REASON_CHARS).read(reason)
    except ValueError as error:
        raise InvalidOption(f"reason: {error}") from None
    if not text.strip():
        raise InvalidOption("reason: it is empty; write why")
    return text


Reason = Annotated[str, Depends(_read)]
"""Raises `InvalidOption` if it is missing, empty or not printable."""
