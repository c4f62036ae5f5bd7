"""The stub engine of the chaos tests: all stages at a given pace, without models."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from tests.chaos.recordings import FAILS_ONCE_SAMPLE, WINDOW_S, digest_words
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.transcript import Turn, Word
from whisperfarm_worker.engines.port import (
    AlignmentInput,
    DecodedText,
    Decoding,
    OnProgress,
    OnText,
    ignore_text,
)
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, SpeechRegion, Window

_STEP_S = 0.04


@dataclass(frozen=True, slots=True)
class StubEngine:
    """Transcribes a digest of the samples, and takes `pace` seconds for a second of audio.

    The first attempt of a recording of kind `fails_once` fails. `failed` is a folder that all
    workers share, with a file for each recording that has failed.
    """

    pace: float
    failed: Path

    name: ClassVar = "stub"
    warning: ClassVar = None

    def load(self, presets: Iterable[Preset]) -> None:
        """Do nothing."""

    def voice_activity_detector(self, preset: Preset) -> "StubEngine":
        return self

    def speech_recognizer(self, preset: Preset) -> "StubEngine":
        return self

    def aligner(self, preset: Preset, language: str) -> "StubEngine":
        return self

    def diarizer(self, preset: Preset) -> "StubEngine":
        return self

    def describe(self) -> Mapping[str, Any]:
        return {"engine": "stub"}

    languages = frozenset({"en"})
    translates = False
    detects_languages = True
    takes_language = True
    provenance: ClassVar[Mapping[str, str]] = MappingProxyType({"asr_family": "stub"})

    def detect(
        self,
        samples: Samples,
        *,
        onset: float,
        offset: float,
        max_s: float,
        on_progress: OnProgress,
    ) -> list[Window]:
        """Return all of the audio as speech, in windows of a second."""
        seconds = len(samples) / SAMPLE_RATE_HZ
        self._work(0.1 * seconds, on_progress)
        starts = range(ceil(seconds / WINDOW_S))
        return [_window(start * WINDOW_S, min((start + 1) * WINDOW_S, seconds)) for start in starts]

    def detect_language(self, samples: Samples) -> list[tuple[str, float]]:
        return [("en", 1.0)]

    def clamp(self, decoding: Decoding) -> tuple[Decoding, list[str]]:
        return decoding, []

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        on_progress: OnProgress,
        on_text: OnText = ignore_text,
    ) -> list[DecodedText]:
        """Transcribe one window after the other."""
        texts = []
        for number, window in enumerate(windows):
            self._work(
                0.6 * len(window) / SAMPLE_RATE_HZ, _share_of(on_progress, number, len(windows))
            )
            texts.append(DecodedText(self._recognize(window), -0.1))
            on_text(number, texts[-1])
        return texts

    def align(
        self, windows: Sequence[AlignmentInput], *, on_progress: OnProgress
    ) -> list[list[Word | None]]:
        """Give all words of a window the same duration."""
        self._work(0.15 * sum(one.end - one.start for one in windows), on_progress)
        return [_spread(window) for window in windows]

    def turns(self, samples: Samples, *, on_progress: OnProgress, **_: int | None) -> list[Turn]:
        """Return one turn of one speaker."""
        seconds = len(samples) / SAMPLE_RATE_HZ
        self._work(0.15 * seconds, on_progress)
        return [Turn(start=0.0, end=seconds, speaker="one")]

    def _recognize(self, samples: Samples) -> str:
        exact = np.round(samples * 32_768).astype("<i2")
        words = digest_words(exact.tobytes())
        if len(exact) and exact[0] == FAILS_ONCE_SAMPLE and self._is_first_attempt(words):
            raise EngineFailed("the stub engine fails at the first attempt of this recording")
        return words

    def _is_first_attempt(self, words: str) -> bool:
        try:
            (self.failed / words.replace(" ", "-")).touch(exist_ok=False)
        except OSError:  # it exists, or the disk is full
            return False
        return True

    def _work(self, audio_s: float, on_progress: OnProgress) -> None:
        steps = max(2, round(self.pace * audio_s / _STEP_S))
        for number in range(1, steps + 1):
            time.sleep(self.pace * audio_s / steps)
            on_progress(number / steps)


def _share_of(on_progress: OnProgress, number: int, count: int) -> OnProgress:
    return lambda share: on_progress((number + share) / count)


def _window(start: float, end: float) -> Window:
    return Window(start=start, end=end, regions=(SpeechRegion(start, end),))


def _spread(window: AlignmentInput) -> list[Word | None]:
    each = (window.end - window.start) / len(window.words)
    starts = [window.start + number * each for number in range(len(window.words))]
    return [
        Word(text=text, start=start, end=start + each, score=0.9)
        for text, start in zip(window.words, starts, strict=True)
    ]
