"""Fake models that return what a test sets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.transcript import Turn, Word
from whisperfarm_worker.engines.port import (
    AlignmentInput,
    DecodedText,
    Decoding,
    Doubt,
    OnProgress,
    OnText,
    ignore_text,
)
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, SpeechRegion, Window


def speech(start: float, end: float) -> Window:
    """Return a window that is speech from start to end."""
    return Window(start=start, end=end, regions=(SpeechRegion(start, end),))


@dataclass
class FakeFinder:
    """Finds the same speech in every channel that is not silent, and records the calls."""

    found: Sequence[Window] = (speech(0.0, 1.0),)
    asked: list[dict[str, float]] = field(default_factory=list)
    name: str = "fake/finder"

    def detect(
        self,
        samples: Samples,
        *,
        onset: float,
        offset: float,
        max_s: float,
        on_progress: OnProgress,
    ) -> list[Window]:
        self.asked.append({"onset": onset, "offset": offset, "max_s": max_s})
        on_progress(1.0)
        return list(self.found) if np.abs(samples).max() > 0 else []


@dataclass
class FakeModel:
    """Returns the same text for every window, or the next one of `texts`."""

    texts: list[str] = field(default_factory=list)
    languages: frozenset[str] = frozenset({"en", "de"})
    detected: list[tuple[str, float]] = field(default_factory=lambda: [("de", 0.8), ("en", 0.1)])
    error: Exception | None = None
    breaks_at: int | None = None
    doubt: Doubt | None = None
    warnings: list[str] = field(default_factory=list)
    words: tuple[Word, ...] | None = None
    translates: bool = True
    detects_languages: bool = True
    takes_language: bool = True
    provenance: Mapping[str, str] = field(default_factory=lambda: {"asr_family": "fake"})
    decodings: list[Decoding] = field(default_factory=list)
    detected_lengths: list[int] = field(default_factory=list)

    def detect_language(self, samples: Samples) -> list[tuple[str, float]]:
        self.detected_lengths.append(len(samples))
        return self.detected

    def clamp(self, decoding: Decoding) -> tuple[Decoding, list[str]]:
        return decoding, self.warnings

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        on_progress: OnProgress,
        on_text: OnText = ignore_text,
    ) -> list[DecodedText]:
        self.decodings.append(decoding)
        on_progress(0.5)
        texts = [
            DecodedText(self._next(number), -0.25, doubt=self.doubt, words=self.words)
            for number in range(len(windows))
        ]
        for number, text in enumerate(texts):
            if self.breaks_at == number:
                raise EngineFailed("broken")
            on_text(number, text)
        if self.error is not None:
            raise self.error
        return texts

    def _next(self, number: int) -> str:
        return self.texts[number] if self.texts else " hello  world"


@dataclass
class FakeAligner:
    """Gives all words of a window the same duration; words in `unknown` are not aligned."""

    unknown: frozenset[str] = frozenset()
    windows: list[AlignmentInput] = field(default_factory=list)
    name: str = "fake/aligner"
    warning: str | None = None

    def align(
        self, windows: Sequence[AlignmentInput], *, on_progress: OnProgress
    ) -> list[list[Word | None]]:
        self.windows += windows
        on_progress(1.0)
        return [[self._word(one, number) for number in range(len(one.words))] for one in windows]

    def _word(self, window: AlignmentInput, number: int) -> Word | None:
        text = window.words[number]
        each = (window.end - window.start) / len(window.words)
        start = window.start + number * each
        return (
            None
            if text in self.unknown
            else Word(text=text, start=start, end=start + each, score=0.9)
        )


@dataclass
class FakeDiarizer:
    """Returns given speaker turns."""

    found: Sequence[Turn] = ()
    asked: list[tuple[int | None, int | None, int | None]] = field(default_factory=list)

    def turns(
        self,
        samples: Samples,
        *,
        num_speakers: int | None,
        min_speakers: int | None,
        max_speakers: int | None,
        on_progress: OnProgress,
    ) -> list[Turn]:
        self.asked.append((num_speakers, min_speakers, max_speakers))
        on_progress(1.0)
        return list(self.found)


@dataclass
class FakeEngine:
    """An engine of fakes."""

    finder: FakeFinder = field(default_factory=FakeFinder)
    model: FakeModel = field(default_factory=FakeModel)
    its_aligner: FakeAligner | None = field(default_factory=FakeAligner)
    its_diarizer: FakeDiarizer | None = None

    def load(self, presets: Iterable[Preset]) -> None:
        """Do nothing."""

    def voice_activity_detector(self, preset: Preset) -> FakeFinder:
        return self.finder

    def speech_recognizer(self, preset: Preset) -> FakeModel:
        return self.model

    def aligner(self, preset: Preset, language: str) -> FakeAligner | None:
        return self.its_aligner

    def diarizer(self, preset: Preset) -> FakeDiarizer | None:
        return self.its_diarizer

    def describe(self) -> Mapping[str, Any]:
        return {"engine": "fake"}


def noise(seconds: float, *, channels: int = 1) -> np.ndarray:
    """Return faint noise of shape (channels, samples)."""
    rng = np.random.default_rng(0)
    shape = (channels, int(seconds * SAMPLE_RATE_HZ))
    return rng.normal(0, 0.01, shape).astype(np.float32)
