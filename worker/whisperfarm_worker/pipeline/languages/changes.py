"""Detects the language of each part of speech, and cuts windows where it changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from whisperfarm_worker.attempt.checkpoint_parts import Probabilities
from whisperfarm_worker.pipeline.languages.channels import MIN_SPEECH_S, Detect
from whisperfarm_worker.pipeline.languages.parts import cut, join, speech_s
from whisperfarm_worker.pipeline.languages.smoothing import smooth
from whisperfarm_worker.pipeline.languages.spoken import (
    SpokenWindow,
    mean_probability,
    windows_by_channel,
)
from whisperfarm_worker.pipeline.state import Window


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of `whole`, a window, and what was detected in it; nothing if it is too short."""

    whole: Window
    window: Window
    probabilities: Probabilities


def part_by_part(windows: Sequence[Window], detect: Detect) -> list[SpokenWindow]:
    """Return the windows with their languages, cut at the pauses where the language changes."""
    spoken = [
        one for own in windows_by_channel(windows).values() for one in _channel(_parts(own, detect))
    ]
    return sorted(spoken, key=lambda one: (one.window.start, one.window.channel))


def _parts(windows: Sequence[Window], detect: Detect) -> list[_Part]:
    cuts = [(whole, window) for whole in windows for window in cut(whole)]
    longest = max((window for _, window in cuts), key=speech_s)
    return [
        _Part(whole, one, detect(one) if one is longest or speech_s(one) >= MIN_SPEECH_S else {})
        for whole, one in cuts
    ]


def _channel(parts: Sequence[_Part]) -> Iterator[SpokenWindow]:
    seconds = [speech_s(part.window) for part in parts]
    languages = smooth([part.probabilities for part in parts], seconds)
    of_parts = list(zip(parts, languages, strict=True))
    for whole, of_window in groupby(of_parts, key=lambda one: one[0].whole):
        runs = [
            (language, [part for part, _ in run])
            for language, run in groupby(of_window, key=lambda one: one[1])
        ]
        joined = join(whole, [[part.window for part in run] for _, run in runs])
        for window, (language, run) in zip(joined, runs, strict=True):
            yield SpokenWindow(window, language, _probability(run, language))


def _probability(parts: Sequence[_Part], language: str) -> float | None:
    return mean_probability(
        [
            SpokenWindow(part.window, language, part.probabilities.get(language, 0.0))
            for part in parts
            if part.probabilities
        ]
    )
