"""Warnings about what was suppressed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from whisperfarm_worker.pipeline.postprocess.channel_speakers import channel_speaker
from whisperfarm_worker.pipeline.postprocess.times import list_times


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Speech of a channel that is a copy of another channel, and was suppressed.

    - `start`, `end`: in seconds from the start of the recording
    - `delay_s`: by how much the copy is later; negative if it is earlier
    - `level_db`: its level relative to the original
    """

    channel: int
    source: int
    start: float
    end: float
    delay_s: float
    level_db: float

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return self.end - self.start


def warnings(copies: Sequence[Copy], names: Sequence[str] = ()) -> list[str]:
    """Return a warning for each channel, with the originals and the times of its copies.

    `names` are the caller's names of the channels, the first for channel 0.
    """
    return [
        _warning(
            channel, channel_speaker(channel, names), sorted(group, key=lambda copy: copy.start)
        )
        for channel, group in _by(copies, lambda copy: copy.channel)
    ]


def _by(copies: Sequence[Copy], key: Callable[[Copy], int]) -> list[tuple[int, list[Copy]]]:
    return [(value, list(group)) for value, group in groupby(sorted(copies, key=key), key=key)]


def _warning(channel: int, speaker: str, copies: Sequence[Copy]) -> str:
    originals = " and ".join(
        f"channel {source} ({_difference(group)})"
        for source, group in _by(copies, lambda copy: copy.source)
    )
    return (
        f"channel {channel} ({speaker}) has the speech of {originals};"
        f" {sum(one.seconds for one in copies):.1f} s were left out of it: {list_times(copies)};"
        " if the text should be in all these channels, set crosstalk=keep"
    )


def _difference(copies: Sequence[Copy]) -> str:
    """Return level and delay, such as `26 dB quieter, 120 ms later`."""
    level = round(median(one.level_db for one in copies))
    delay_ms = round(1000 * median(one.delay_s for one in copies))
    parts = [f"{abs(level)} dB {'quieter' if level < 0 else 'louder'}" if level else "as loud"]
    if delay_ms:
        parts.append(f"{abs(delay_ms)} ms {'later' if delay_ms > 0 else 'earlier'}")
    return ", ".join(parts)
