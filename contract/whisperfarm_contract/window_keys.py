"""The keys under which a checkpoint has the text of each window."""

import re
from typing import NamedTuple

SAMPLE_RATE_HZ = 16_000

_KEY = re.compile(r"(\d{1,5}):(\d{1,12}):(\d{1,12}):([\w-]*)", re.ASCII)


class WindowKey(NamedTuple):
    """A window: its channel, first and last sample, and language. `str` is the key."""

    channel: int
    first: int
    last: int
    language: str

    @classmethod
    def of(cls, start_s: float, end_s: float, channel: int, language: str) -> "WindowKey":
        """Return the key of a window."""
        first, last = (int(second * SAMPLE_RATE_HZ) for second in (start_s, end_s))
        return cls(channel, first, last, language)

    @classmethod
    def parse(cls, text: str) -> "WindowKey":
        """Return the key with this text. Raises `ValueError`."""
        match = _KEY.fullmatch(text)
        if match is None:
            raise ValueError("not the key of a window")
        channel, first, last, language = match.groups()
        return cls(int(channel), int(first), int(last), language)

    def __str__(self) -> str:
        return f"{self.channel}:{self.first}:{self.last}:{self.language}"
