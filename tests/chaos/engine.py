"""The stub engine of the chaos tests: no models, but all stages, and it takes its time."""

import random
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, ClassVar

import numpy as np

from tests.chaos.speech import UNLUCKY, WINDOW_S, words_of
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.transcript import Turn, Word
from whisperfarm_worker.engines.port import (
    Decoding,
    Heard,
    Passage,
    Speech,
    Step,
    Text,
    unheard,
)
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, Stretch

_STEP_S = 0.04


@dataclass(frozen=True, slots=True)
class StubEngine:
    """Hears a digest of the samples, and takes `pace` seconds for a second of sound."""

    pace: float

    name: ClassVar = "stub"
    caution: ClassVar = None

    def load(self, presets: Iterable[Preset]) -> None:
        """There is nothing to load."""

    def speech_finder(self) -> "StubEngine":
        return self

    def speech_model(self, preset: Preset) -> "StubEngine":
        return self

    def aligner(self, preset: Preset, language: str) -> "StubEngine":
        return self

    def diarizer(self, preset: Preset) -> "StubEngine":
        return self

    def about(self) -> Mapping[str, Any]:
        return {"engine": "stub"}

    @property
    def languages(self) -> frozenset[str]:
        return frozenset({"en"})

    def find(
        self, samples: Samples, *, onset: float, offset: float, longest_s: float, step: Step
    ) -> list[Speech]:
        """All is speech, in windows of a second."""
        seconds = len(samples) / SAMPLE_RATE_HZ
        self._work(0.1 * seconds, step)
        starts = range(ceil(seconds / WINDOW_S))
        return [_window(start * WINDOW_S, min((start + 1) * WINDOW_S, seconds)) for start in starts]

    def detect(self, samples: Samples) -> list[tuple[str, float]]:
        return [("en", 1.0)]

    def fit(self, decoding: Decoding) -> tuple[Decoding, list[str]]:
        return decoding, []

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        step: Step,
        heard: Heard = unheard,
    ) -> list[Text]:
        """One window after the other."""
        texts = []
        for number, window in enumerate(windows):
            self._work(0.6 * len(window) / SAMPLE_RATE_HZ, _share_of(step, number, len(windows)))
            texts.append(Text(_hear(window), -0.1))
            heard(number, texts[-1])
        return texts

    def align(self, passages: Sequence[Passage], *, step: Step) -> list[list[Word | None]]:
        """Each word has an equal share."""
        self._work(0.15 * sum(one.end - one.start for one in passages), step)
        return [_spread(passage) for passage in passages]

    def turns(self, samples: Samples, *, step: Step, **_: int | None) -> list[Turn]:
        """One speaks."""
        seconds = len(samples) / SAMPLE_RATE_HZ
        self._work(0.15 * seconds, step)
        return [Turn(start=0.0, end=seconds, speaker="one")]

    def _work(self, audio_s: float, step: Step) -> None:
        steps = max(2, round(self.pace * audio_s / _STEP_S))
        for number in range(1, steps + 1):
            time.sleep(self.pace * audio_s / steps)
            step(number / steps)


def _share_of(step: Step, number: int, count: int) -> Step:
    return lambda share: step((number + share) / count)


def _window(start: float, end: float) -> Speech:
    return Speech(start=start, end=end, stretches=(Stretch(start, end),))


def _hear(samples: Samples) -> str:
    exact = np.round(samples * 32_768).astype("<i2")
    if len(exact) and exact[0] == UNLUCKY and random.random() < 0.5:
        raise EngineFailed("the stub engine was told to fail here")
    return words_of(exact.tobytes())


def _spread(passage: Passage) -> list[Word | None]:
    each = (passage.end - passage.start) / len(passage.words)
    starts = [passage.start + number * each for number in range(len(passage.words))]
    return [
        Word(text=text, start=start, end=start + each, score=0.9)
        for text, start in zip(passage.words, starts, strict=True)
    ]
