"""Interpolates times for words that no model has timed, in proportion to their length."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.pipeline.state import Stretch


def spread(words: Sequence[str], stretches: Sequence[Stretch]) -> list[Word]:
    """Spread the words over these regions in order; longer words get more time."""
    if not words:
        return []
    letters = np.cumsum([0, *map(len, words)])
    shares = letters / max(letters[-1], 1)
    clock = _Clock.of(stretches)
    return [
        Word(text=word, start=clock.after(before), end=clock.before(until), interpolated=True)
        for word, before, until in zip(words, shares[:-1], shares[1:], strict=True)
    ]


def fill(
    words: Sequence[str], timed: Sequence[Word | None], stretches: Sequence[Stretch]
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
        run = _untimed(timed, number)
        after = timed[number + run] if number + run < len(timed) else None
        start = filled[-1].end if filled else stretches[0].start
        end = after.start if after is not None else stretches[-1].end
        filled += spread(words[number : number + run], _within(stretches, start, end))
        number += run
    return filled


def _untimed(timed: Sequence[Word | None], first: int) -> int:
    """Return the number of words without a time from `first` on."""
    run = 0
    while first + run < len(timed) and timed[first + run] is None:
        run += 1
    return run


def _within(stretches: Sequence[Stretch], start: float, end: float) -> list[Stretch]:
    """Return the parts of the regions between two times, else the whole interval."""
    cut = [replace(one, start=max(one.start, start), end=min(one.end, end)) for one in stretches]
    return [one for one in cut if one.end > one.start] or [Stretch(start, max(start, end))]


@dataclass(frozen=True, slots=True)
class _Clock:
    """Map from shares of the speech to times."""

    stretches: Sequence[Stretch]
    spoken: NDArray[np.float64]
    """Seconds of speech up to the end of each region."""

    @classmethod
    def of(cls, stretches: Sequence[Stretch]) -> Self:
        return cls(stretches, np.cumsum([one.end - one.start for one in stretches]))

    def after(self, share: float) -> float:
        """Return the time at which the speech after this share starts."""
        return self._time(share, "right")

    def before(self, share: float) -> float:
        """Return the time at which this share of the speech ends."""
        return self._time(share, "left")

    def _time(self, share: float, side: Literal["left", "right"]) -> float:
        spoken = share * self.spoken[-1]
        number = int(np.searchsorted(self.spoken, spoken, side=side))
        number = min(number, len(self.stretches) - 1)
        return float(self.stretches[number].end - (self.spoken[number] - spoken))
