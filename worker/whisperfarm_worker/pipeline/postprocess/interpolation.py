"""Interpolates times for words that no model has timed, in proportion to their length."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.pipeline.state import SpeechRegion


def spread(words: Sequence[str], regions: Sequence[SpeechRegion]) -> list[Word]:
    """Spread the words over these regions in order; longer words get more time."""
    if not words:
        return []
    cumulative_chars = np.cumsum([0, *map(len, words)])
    shares = cumulative_chars / max(cumulative_chars[-1], 1)
    timeline = _SpeechTimeline.of(regions)
    return [
        Word(text=word, start=timeline.after(before), end=timeline.before(until), interpolated=True)
        for word, before, until in zip(words, shares[:-1], shares[1:], strict=True)
    ]


def fill(
    words: Sequence[str], timed: Sequence[Word | None], regions: Sequence[SpeechRegion]
) -> list[Word]:
    """Return all words. Those without a time are spread over the speech around them."""
    filled: list[Word] = []
    number = 0
    while number < len(words):
        word = timed[number]
        if word is not None:
            filled.append(word)
            number += 1
            continue
        run = _untimed_run(timed, number)
        after = timed[number + run] if number + run < len(timed) else None
        start = filled[-1].end if filled else regions[0].start
        end = after.start if after is not None else regions[-1].end
        filled += spread(words[number : number + run], _clip(regions, start, end))
        number += run
    return filled


def _untimed_run(timed: Sequence[Word | None], first: int) -> int:
    """Return the number of words without a time from `first` on."""
    run = 0
    while first + run < len(timed) and timed[first + run] is None:
        run += 1
    return run


def _clip(regions: Sequence[SpeechRegion], start: float, end: float) -> list[SpeechRegion]:
    """Return the parts of the regions between two times, else the whole interval."""
    clipped = [replace(one, start=max(one.start, start), end=min(one.end, end)) for one in regions]
    return [one for one in clipped if one.end > one.start] or [SpeechRegion(start, max(start, end))]


@dataclass(frozen=True, slots=True)
class _SpeechTimeline:
    """Map from shares of the speech to times."""

    regions: Sequence[SpeechRegion]
    spoken_s: NDArray[np.float64]
    """Seconds of speech up to the end of each region."""

    @classmethod
    def of(cls, regions: Sequence[SpeechRegion]) -> Self:
        return cls(regions, np.cumsum([one.end - one.start for one in regions]))

    def after(self, share: float) -> float:
        """Return the time at which the speech after this share starts."""
        return self._time(share, "right")

    def before(self, share: float) -> float:
        """Return the time at which this share of the speech ends."""
        return self._time(share, "left")

    def _time(self, share: float, side: Literal["left", "right"]) -> float:
        spoken_s = share * self.spoken_s[-1]
        number = int(np.searchsorted(self.spoken_s, spoken_s, side=side))
        number = min(number, len(self.regions) - 1)
        return float(self.regions[number].end - (self.spoken_s[number] - spoken_s))
