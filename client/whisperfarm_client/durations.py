"""Lengths of time as people write them in settings: `90`, `1.5s`, `10m`, `1h30m`."""

import re

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(h|ms|us|µs|ns|m|s)")
_NUMBER = re.compile(r"\d+\.?\d*|\.\d+")


def seconds(text: str) -> float:
    """The seconds of a duration in Go's notation, or of a plain number of seconds.

    Raises `ValueError` saying what was expected.
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    parts = list(_PART.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text:
        raise ValueError(f"a duration such as 90, 10m or 1h30m is expected, not {text!r}")
    return sum(float(number) * _SECONDS[unit] for number, unit in (part.groups() for part in parts))
