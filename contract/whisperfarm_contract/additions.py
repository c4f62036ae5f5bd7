"""Additions: analyses of a transcript, such as a summary, that are kept beside it."""

import re
from dataclasses import dataclass
from typing import Any

PROTOCOL = "addition"
"""The protocol of the callbacks that make additions."""

NAME = re.compile(r"[a-z][a-z0-9_-]{0,19}", re.ASCII)
MAX_NAMES = 16
MAX_ANSWER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class AdditionNames:
    """Names of additions, separated by commas; the value has no spaces and no name twice."""

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValueError("the value is not a list of names such as summary,keywords")
        names = tuple(dict.fromkeys(name.strip() for name in raw.split(",")))
        if len(names) > MAX_NAMES:
            raise ValueError(f"the list has {len(names)} names; shorten it to {MAX_NAMES}")
        for name in names:
            if not NAME.fullmatch(name):
                raise ValueError(
                    f"{name!r} is not the name of an addition; use up to 20 lower-case letters,"
                    " digits, - and _, and start with a letter"
                )
        return ",".join(names)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": MAX_NAMES * 21}


def names_of(value: str | None) -> tuple[str, ...]:
    """Return the names of a value that `AdditionNames` has read."""
    return tuple(value.split(",")) if value else ()
