"""The flags for several recordings of one call, its legs."""

import math
from argparse import Namespace
from collections.abc import Sequence
from typing import NamedTuple

from whisperfarm_contract.problems import InvalidOption

_MIN_LEGS = 2


class Call(NamedTuple):
    """When each recording starts, in seconds after the call, and the name of its speaker."""

    offsets_s: Sequence[float]
    names: Sequence[str]


def read(flags: Namespace) -> Call | None:
    """Return the call, or `None` if each recording is a job of its own. Raises `InvalidOption`."""
    if not flags.call:
        for name in ("leg_offset_s", "leg_name"):
            if getattr(flags, name) is not None:
                raise InvalidOption(f"--{name}: give --call too, if the recordings are one call")
        return None
    count = len(flags.audio)
    if count < _MIN_LEGS:
        raise InvalidOption("--call: give at least two recordings, or omit --call")
    offsets = _split("leg_offset_s", flags.leg_offset_s, count, default="0")
    names = _split("leg_name", flags.leg_name, count, default="")
    return Call([_seconds(text) for text in offsets], names)


def _split(name: str, text: str | None, count: int, *, default: str) -> list[str]:
    values = [default] * count if text is None else text.split(",")
    if len(values) != count:
        raise InvalidOption(
            f"--{name}: number of recordings: {count}, of values: {len(values)}; give one for each,"
            " separated by commas, in the same order"
        )
    return values


def _seconds(text: str) -> float:
    try:
        offset_s = float(text)
    except ValueError:
        offset_s = -1.0
    if not 0 <= offset_s < math.inf:
        raise InvalidOption(f"--leg_offset_s: {text!r} is not a number of seconds")
    return offset_s
