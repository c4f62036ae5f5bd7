"""Legs: several recordings of one call, on one time line.

`LegOffsets` and `LegNames` are the options that say when each leg starts and who speaks in it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract.channel_names import MAX_NAME_CHARS, check_name, check_repetition
from whisperfarm_contract.clip_timestamps import read_time, shortest_time
from whisperfarm_contract.problems import Problem

MIN_LEGS = 2
MAX_LEGS = 16
"""As many as channels with one speaker each."""

OPTIONS = ("leg_offset_s", "leg_name")
"""Names of the options that have a value for each leg."""

_MAX_OFFSET_CHARS = 20


@dataclass(frozen=True, slots=True)
class LegOffsets:
    """Times in seconds, separated by commas, the first for leg 0; the value has each in its
    shortest form."""

    def read(self, raw: Any) -> str:
        text = str(raw) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else ""
        return ",".join(shortest_time(read_time(part, text)) for part in _split(text))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": MAX_LEGS * (_MAX_OFFSET_CHARS + 1)}


@dataclass(frozen=True, slots=True)
class LegNames:
    """Names as in `ChannelNames`; an empty one stands for the name that the farm gives."""

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValueError("the value is not a list of names such as agent,customer")
        names = [name.strip() for name in _split(raw)]
        given = [name for name in names if name]
        for name in given:
            check_name(name)
        check_repetition(given)
        return ",".join(names)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": MAX_LEGS * (MAX_NAME_CHARS + 1)}


def _split(text: str) -> list[str]:
    parts = text.split(",")
    if len(parts) > MAX_LEGS:
        raise ValueError(f"the list is for {len(parts)} legs; a call has at most {MAX_LEGS}")
    if any(len(part) > MAX_NAME_CHARS for part in parts):
        raise ValueError(f"a value has more than {MAX_NAME_CHARS} characters; shorten it")
    return parts


def label(number: int, names: Sequence[str] = ()) -> str:
    """Return how problems and warnings call a leg, counted from 0, such as `leg 1 (customer)`."""
    name = names[number] if number < len(names) else ""
    return f"leg {number} ({name})" if name else f"leg {number}"


@contextmanager
def naming(leg: str) -> Iterator[None]:
    """Let the detail of a `Problem` that the block raises begin with the leg's label."""
    try:
        yield
    except Problem as problem:
        problem.detail = f"{leg}: {problem.detail}"
        problem.args = (problem.detail,)
        raise
