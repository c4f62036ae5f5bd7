"""Stand-ins for models: they say what a test tells them to say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.transcript import Turn, Word
from whisperfarm_worker.engines.port import Decoding, Heard, Passage, Speech, Step, Text, unheard
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, Stretch


def speech(start: float, end: float) -> Speech:
    """A window that is speech from end to end."""
    return Speech(start=start, end=end, stretches=(Stretch(start, end),))


@dataclass
class FakeFinder:
    """Finds the same speech in every channel that is not silent; notes what it was asked."""

    found: Sequence[Speech] = (speech(0.0, 1.0),)
    asked: list[dict[str, float]] = field(default_factory=list)

    def find(
        self, samples: Samples, *, onset: float, offset: float, longest_s: float, step: Step
    ) -> list[Speech]:
        self.asked.append({"onset": onset, "offset": offset, "longest_s": longest_s})
        step(1.0)
        return list(self.found) if np.abs(samples).max() > 0 else []


@dataclass
class FakeModel:
    """Hears the same in every window, or for each what comes next in `texts`."""

    texts: list[str] = field(default_factory=list)
    languages: frozenset[str] = frozenset({"en", "de"})
    detected: list[tuple[str, float]] = field(default_factory=lambda: [("de", 0.8), ("en", 0.1)])
    error: Exception | None = None
    breaks_at: int | None = None
    warnings: list[str] = field(default_factory=list)
    decodings: list[Decoding] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)

    def detect(self, samples: Samples) -> list[tuple[str, float]]:
        self.heard.append(len(samples))
        return self.detected

    def fit(self, decoding: Decoding) -> tuple[Decoding, list[str]]:
        return decoding, self.warnings

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        step: Step,
        heard: Heard = unheard,
    ) -> list[Text]:
        self.decodings.append(decoding)
        step(0.5)
        texts = [Text(self._next(number), -0.25) for number in range(len(windows))]
        for number, text in enumerate(texts):
            if self.breaks_at == number:
                raise EngineFailed("broken")
            heard(number, text)
        if self.error is not None:
            raise self.error
        return texts

    def _next(self, number: int) -> str:
        return self.texts[number] if self.texts else " hello  world"


@dataclass
class FakeAligner:
    """Gives each word an equal share of its passage; those in `unknown` are left out."""

    unknown: frozenset[str] = frozenset()
    passages: list[Passage] = field(default_factory=list)
    name: str = "fake/aligner"
    caution: str | None = None

    def align(self, passages: Sequence[Passage], *, step: Step) -> list[list[Word | None]]:
        self.passages += passages
        step(1.0)
        return [[self._word(one, number) for number in range(len(one.words))] for one in passages]

    def _word(self, passage: Passage, number: int) -> Word | None:
        text = passage.words[number]
        each = (passage.end - passage.start) / len(passage.words)
        start = passage.start + number * each
        return (
            None
            if text in self.unknown
            else Word(text=text, start=start, end=start + each, score=0.9)
        )


@dataclass
class FakeDiarizer:
    """Hears the turns that it is told."""

    found: Sequence[Turn] = ()
    asked: list[tuple[int | None, int | None, int | None]] = field(default_factory=list)

    def turns(
        self,
        samples: Samples,
        *,
        speakers: int | None,
        least: int | None,
        most: int | None,
        step: Step,
    ) -> list[Turn]:
        self.asked.append((speakers, least, most))
        step(1.0)
        return list(self.found)


@dataclass
class FakeEngine:
    """An engine of fakes."""

    finder: FakeFinder = field(default_factory=FakeFinder)
    model: FakeModel = field(default_factory=FakeModel)
    its_aligner: FakeAligner | None = field(default_factory=FakeAligner)
    its_diarizer: FakeDiarizer | None = None

    def load(self, presets: Iterable[Preset]) -> None:
        """Nothing to load."""

    def speech_finder(self) -> FakeFinder:
        return self.finder

    def speech_model(self, preset: Preset) -> FakeModel:
        return self.model

    def aligner(self, preset: Preset, language: str) -> FakeAligner | None:
        return self.its_aligner

    def diarizer(self, preset: Preset) -> FakeDiarizer | None:
        return self.its_diarizer

    def about(self) -> Mapping[str, Any]:
        return {"engine": "fake"}


def noise(seconds: float, *, channels: int = 1) -> np.ndarray:
    """Faint noise of shape (channels, samples)."""
    rng = np.random.default_rng(0)
    shape = (channels, int(seconds * SAMPLE_RATE_HZ))
    return rng.normal(0, 0.01, shape).astype(np.float32)
