"""The errors of a preset over several recordings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whisperfarm.evaluation.scores import Score

_SAMPLES = 2000
_SEED = 1
_PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Rates of all errors to all words, characters or seconds; `None` without a reference.

    `wer_interval` holds 95 % of the rates of random choices among the recordings (bootstrap).
    `time_error_s` is the median. `real_time_factor` is processing time by length of the audio.
    """

    wer: float | None
    wer_interval: tuple[float, float] | None
    cer: float | None
    time_error_s: float | None
    der: float | None
    real_time_factor: float | None


def totals(scores: Sequence[Score]) -> Totals:
    """Return the rates over all scores."""
    time_errors = [error for one in scores for error in one.time_errors_s]
    speakers = [one.speakers for one in scores if one.speakers]
    return Totals(
        wer=_rate(sum(one.word_errors for one in scores), sum(one.words for one in scores)),
        wer_interval=_interval([one for one in scores if one.words]),
        cer=_rate(
            sum(one.character_errors for one in scores), sum(one.characters for one in scores)
        ),
        time_error_s=float(np.median(time_errors)) if time_errors else None,
        der=_rate(sum(one.wrong_s for one in speakers), sum(one.speech_s for one in speakers)),
        real_time_factor=_rate(
            sum(one.took_s for one in scores), sum(one.audio_s for one in scores)
        ),
    )


def _rate(errors: float, of: float) -> float | None:
    return errors / of if of else None


def _interval(scores: Sequence[Score]) -> tuple[float, float] | None:
    if len(scores) < 2:  # noqa: PLR2004 - one recording has no spread
        return None
    counts = np.array([[one.word_errors, one.words] for one in scores])
    chosen = np.random.default_rng(_SEED).integers(len(scores), size=(_SAMPLES, len(scores)))
    sums = counts[chosen].sum(axis=1)
    low, high = np.percentile(sums[:, 0] / sums[:, 1], _PERCENTILES)
    return float(low), float(high)
