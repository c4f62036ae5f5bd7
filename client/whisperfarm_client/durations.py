"""Durations in settings and flags: `90`, `1.5s`, `10m`, `1h30m`."""

import re

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_COMPONENT = re.compile(r"(\d+\.?\d*|\.\d+)(h|ms|us|µs|ns|m|s)")
_NUMBER = re.compile(r"\d+\.?\d*|\.\d+")


def seconds(text: str) -> float:
    """Parse a duration in Go's notation or a plain number of seconds; return seconds.

    Raises `ValueError` if the text is neither.
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    parts = list(_COMPONENT.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text:
        raise ValueError(f"{text!r} is not a duration; use one such as 90, 10m or 1h30m")
    return sum(float(number) * _SECONDS[unit] for number, unit in (part.groups() for part in parts))
