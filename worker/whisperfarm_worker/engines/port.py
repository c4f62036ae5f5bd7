"""The port that every engine fills: four kinds of models, and where to get them.

All of them are safe to call from several threads. Times are seconds from the start of the samples.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.transcript import Turn, Word
from whisperfarm_worker.pipeline.state import Samples, Stretch

Step = Callable[[float], None]
"""Told the share that is done, before each batch, from whatever thread. What it raises ends the
call, and nothing more is computed for it."""


Heard = Callable[[int, "Text"], None]
"""Told the number of a window and its text, as soon as there is one."""


def unheard(number: int, text: "Text") -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How speech is decoded. Windows that share a batch agree in all of it."""

    language: str
    task: str = "transcribe"
    initial_prompt: str | None = None
    hotwords: str | None = None
    beam_size: int = 5
    patience: float = 1.0
    length_penalty: float = 1.0
    suppress_numerals: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """What was heard in a window. `avg_logprob` is per token."""

    text: str
    avg_logprob: float


@dataclass(frozen=True, slots=True)
class Speech:
    """A piece of sound that is short enough for the speech model, with the speech in it."""

    start: float
    end: float
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Samples, where they begin and end, and the words that are spoken in them, in order."""

    samples: Samples
    start: float
    end: float
    words: tuple[str, ...]


class SpeechFinder(Protocol):
    """Finds where somebody speaks."""

    def find(
        self, samples: Samples, *, onset: float, offset: float, longest_s: float, step: Step
    ) -> list[Speech]:
        """Pieces of at most `longest_s` seconds with the speech in them; none in silence.

        A stretch begins where speech is surer than `onset`, and ends where it is below `offset`.
        """


class SpeechModel(Protocol):
    """Turns speech into text."""

    @property
    def languages(self) -> frozenset[str]:
        """The codes of the languages that it knows."""

    def detect(self, samples: Samples) -> list[tuple[str, float]]:
        """The languages that this may be with their probabilities, the likeliest first."""

    def fit(self, decoding: Decoding) -> tuple[Decoding, list[str]]:
        """The decoding as this model can do it, and a warning for what is not as it was asked."""

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        step: Step,
        heard: Heard = unheard,
    ) -> list[Text]:
        """What is said in each window; each is as if it had come alone."""


class Aligner(Protocol):
    """Times words."""

    @property
    def name(self) -> str:
        """What it is, for the transcript."""

    @property
    def caution(self) -> str | None:
        """A warning about its times that every transcript gets; `None` when there is none."""

    def align(self, passages: Sequence[Passage], *, step: Step) -> list[list[Word | None]]:
        """The words of each passage with their times; `None` for one that can not be timed."""


class Diarizer(Protocol):
    """Tells speakers apart."""

    def turns(
        self,
        samples: Samples,
        *,
        speakers: int | None,
        least: int | None,
        most: int | None,
        step: Step,
    ) -> list[Turn]:
        """Who speaks when, under names that mean nothing; turns may overlap."""


class Engine(Protocol):
    """The models of a worker. What is asked for twice is loaded once."""

    def load(self, presets: Iterable[Preset]) -> None:
        """Load what these presets need. Raises `ModelMissing` or `EngineFailed`."""

    def speech_finder(self) -> SpeechFinder:
        """The one speech finder."""

    def speech_model(self, preset: Preset) -> SpeechModel:
        """The speech model of a preset."""

    def aligner(self, preset: Preset, language: str) -> Aligner | None:
        """The aligner of a preset for a language; `None` when this worker has none."""

    def diarizer(self, preset: Preset) -> Diarizer | None:
        """The diarizer of a preset; `None` when this worker has none."""

    def about(self) -> Mapping[str, Any]:
        """The engine's name, versions and device, for the transcript."""
