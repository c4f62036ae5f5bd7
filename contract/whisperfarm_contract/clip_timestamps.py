"""Clips: the parts of a recording that are transcribed, as in Whisper's `clip_timestamps`."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

MAX_TIME_S = 1_000_000.0

Clip = tuple[float, float]
"""Start and end in seconds; the end of the last clip may be infinite."""


def parse(text: str) -> list[Clip]:
    """Return the clips of `start,end,start,end,...` in seconds, in order and without overlap.

    If the last end is missing, it is infinite: the clip ends with the recording. Times are rounded
    to milliseconds. Raises `ValueError`.
    """
    times = [read_time(part, text) for part in text.split(",")]
    if len(times) % 2:
        times.append(math.inf)
    clips = list(zip(times[::2], times[1::2], strict=True))
    _check_order(clips)
    return clips


def read_time(part: str, text: str) -> float:
    """Return the seconds of a part of a list of times. Raises `ValueError`."""
    try:
        time_s = float(part)
    except ValueError:
        raise ValueError(f"{text!r} is not a list of times in seconds such as 0,30,60,90") from None
    if not 0 <= time_s <= MAX_TIME_S:
        raise ValueError(f"{part.strip()} is not a time from 0 to {MAX_TIME_S:.0f} seconds")
    return round(time_s, 3)


def _check_order(clips: list[Clip]) -> None:
    for start, end in clips:
        if start >= end:
            raise ValueError(
                f"the clip from {start:g} to {end:g} s is empty; its end must be after its start"
            )
    for (_, end), (start, _) in pairwise(clips):
        if start < end:
            raise ValueError(
                f"a clip starts at {start:g} s, before the previous one ends at {end:g} s; list"
                " the clips by time, without overlap"
            )


@dataclass(frozen=True, slots=True)
class ClipTimestamps:
    """Clips as text. The value is the same text with the shortest form of each time."""

    max_length: int = 2000

    def read(self, raw: Any) -> str:
        text = str(raw) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else ""
        if len(text) > self.max_length:
            raise ValueError(f"the list has {len(text)} characters; shorten it to 2000")
        times = (time_s for clip in parse(text) for time_s in clip)
        return ",".join(shortest_time(time_s) for time_s in times if math.isfinite(time_s))

    def schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "maxLength": self.max_length,
            "pattern": "^([0-9. ]+(,[0-9. ]+)*)?$",
        }


def shortest_time(time_s: float) -> str:
    """Return the shortest text of a time in milliseconds, such as `5.2`."""
    return f"{time_s:.3f}".rstrip("0").rstrip(".")
