"""Limits on how long subtitles are shown: reading speed, durations and the gap between two.

The guidelines of broadcasters set such limits, because viewers read more slowly than people talk.
No text is changed, dropped or moved to another place. Only the end of a subtitle moves: into the
pause that follows, or away from the next subtitle. A limit that the recording leaves no time for
is exceeded.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from math import ceil

from whisperfarm_contract.formats.subtitle_options import SubtitleOptions


@dataclass(frozen=True, slots=True)
class Cue:
    """One subtitle. Times are milliseconds from the start of the audio, or by its time code."""

    start_ms: int
    end_ms: int
    text: str


def apply_limits(
    cues_in_order: Iterable[Cue], options: SubtitleOptions, *, audio_ms: int
) -> Iterator[Cue]:
    """Yield the subtitles with ends that follow the limits; none overlaps the next one.

    `audio_ms` is the length of the audio, which the last subtitle is not extended beyond.
    """
    for cue, following in pairwise(chain(_merge_simultaneous(cues_in_order), [None])):
        if cue is not None:
            yield replace(cue, end_ms=_end_ms(cue, following, options, audio_ms))


def _merge_simultaneous(cues_in_order: Iterable[Cue]) -> Iterator[Cue]:
    """Yield subtitles with ascending starts.

    Where two people talk at once, a subtitle may start no later than the one before. Both become
    one subtitle, with the later text on lines of its own.
    """
    merged: Cue | None = None
    for cue in cues_in_order:
        if merged is None or cue.start_ms > merged.start_ms:
            if merged is not None:
                yield merged
            merged = cue
        else:
            end_ms = max(merged.end_ms, cue.end_ms)
            merged = Cue(merged.start_ms, end_ms, f"{merged.text}\n{cue.text}")
    if merged is not None:
        yield merged


def _end_ms(cue: Cue, following: Cue | None, options: SubtitleOptions, audio_ms: int) -> int:
    wanted_ms = max(cue.end_ms, cue.start_ms + _reading_ms(cue, options))
    if following is None:
        return min(wanted_ms, max(cue.end_ms, audio_ms))
    return min(wanted_ms, _latest_end_ms(cue, following, options))


def _latest_end_ms(cue: Cue, following: Cue, options: SubtitleOptions) -> int:
    """Return the latest end that leaves the gap, or no gap if that took over half of the time."""
    spoken_end_ms = min(cue.end_ms, following.start_ms)
    latest_ms = following.start_ms - _ms(options.min_cue_gap_s)
    takes_too_much = 2 * (latest_ms - cue.start_ms) < spoken_end_ms - cue.start_ms
    return spoken_end_ms if takes_too_much else latest_ms


def _reading_ms(cue: Cue, options: SubtitleOptions) -> int:
    """Return how long the subtitle should be shown at least, below the maximum duration."""
    speed = options.max_chars_per_second
    reading_ms = 0 if speed is None else ceil(1000 * len(cue.text) / speed)
    needed_ms = max(reading_ms, _ms(options.min_cue_duration_s))
    max_s = options.max_cue_duration_s
    return needed_ms if max_s is None else min(needed_ms, _ms(max_s))


def _ms(seconds: float | None) -> int:
    return round(1000 * (seconds or 0.0))
