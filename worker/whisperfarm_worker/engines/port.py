"""The interface of an engine: four kinds of models, and the engine that loads them.

Every method may be called from several threads at once. Unless a method says otherwise:

- Samples are float32 at 16 kHz, mono, of shape (samples,), with values from -1 to 1.
- Times are seconds from the start of the samples.
- A method that takes `on_progress` raises what `on_progress` raises. Errors of the libraries pass
  unchanged, or as `DeviceFailed` if the GPU failed for the whole process; `errors` classifies them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.transcript import Turn, Word
from whisperfarm_worker.pipeline.state import Samples, Window

OnProgress = Callable[[float], None]
"""Progress callback: called between batches with the fraction done, 0 to 1, from any thread. An
exception that it raises cancels the call, and no further batch is computed."""


_ROUNDING = 1e-6
"""Five increments of 0.2 are a little less than 1 as floats."""

OnText = Callable[[int, "DecodedText"], None]
"""Called with the index of a window and its text as soon as the window is decoded."""


def ignore_text(number: int, text: "DecodedText") -> None:
    """Ignore the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """Decoding options, as in faster-whisper. Windows in one batch have the same options.

    - `language`: Whisper's code, such as `de`
    - `task`: `transcribe`, or `translate` into English
    - `initial_prompt`: text that counts as spoken before; its end is kept if it is too long
    - `hotwords`: words to prefer; the first ones are kept if they are too long
    - `beam_size`, `patience`, `length_penalty`: parameters of the beam search
    - `suppress_numerals`: spell out numbers, percent and currency signs
    - `suppress_tokens`: tokens that no text may have; -1 stands for those of the model's own list
    - `temperature`: sampling temperature; 0 is beam search
    - `temperature_increment`: a window that fails a test below is decoded again at temperatures
      that rise by this much, up to 1; 0 is never
    - `compression_ratio_threshold`: a text that compresses better is repetitive
    - `logprob_threshold`: a text with a lower `avg_logprob` is improbable
    - `no_speech_threshold`: an improbable text with a higher `no_speech_prob` is dropped
    """

    language: str
    task: str = "transcribe"
    initial_prompt: str | None = None
    hotwords: str | None = None
    beam_size: int = 5
    patience: float = 1.0
    length_penalty: float = 1.0
    suppress_numerals: bool = False
    suppress_tokens: tuple[int, ...] = (-1,)
    temperature: float = 0.0
    temperature_increment: float = 0.2
    compression_ratio_threshold: float = 2.4
    logprob_threshold: float = -1.0
    no_speech_threshold: float = 0.6

    @property
    def fallback_temperatures(self) -> list[float]:
        """Temperatures at which a window is decoded again, in order."""
        if not self.temperature_increment:
            return []
        steps = int((1 - self.temperature) / self.temperature_increment + _ROUNDING)
        return [
            round(self.temperature + step * self.temperature_increment, 3)
            for step in range(1, steps + 1)
        ]


class Doubt(StrEnum):
    """Why the text of a window is doubtful: it failed Whisper's tests at all temperatures."""

    NO_SPEECH = "no_speech"
    """The window has no speech. The text was dropped."""

    REPETITION = "repetition"
    """A phrase was repeated in a loop. It is in the text once."""

    IMPROBABLE = "improbable"
    """The mean log probability is low."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Decoded text of a window.

    - `avg_logprob`: mean log probability per token
    - `no_speech_prob`: the model's probability that the window has no speech, 0 to 1
    - `doubt`: what is doubtful about the text, if anything
    - `words`: the words of the text with their times in the window, from a model that times its
      words itself, else `None`
    """

    text: str
    avg_logprob: float
    no_speech_prob: float = 0.0
    doubt: Doubt | None = None
    words: tuple[Word, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignmentInput:
    """A window to align with its words.

    - `samples`: the audio of this window
    - `start`, `end`: its position in the recording, in seconds
    - `words`: the words spoken in it, in order
    """

    samples: Samples
    start: float
    end: float
    words: tuple[str, ...]


class VoiceActivityDetector(Protocol):
    """Voice activity detection."""

    @property
    def name(self) -> str:
        """Name of the model, which the transcript records."""

    def detect(
        self,
        samples: Samples,
        *,
        onset: float,
        offset: float,
        max_s: float,
        on_progress: OnProgress,
    ) -> list[Window]:
        """Detect speech and return it as windows in order of time; an empty list for silence.

        - `onset`: a speech region starts where the probability of speech rises above it, 0 to 1
        - `offset`: the region ends where the probability falls below it, 0 to 1
        - `max_s`: maximum length of a window in seconds; longer regions are cut
        - `on_progress`: progress callback
        """


class SpeechRecognizer(Protocol):
    """Speech recognition by a model of any family."""

    @property
    def languages(self) -> frozenset[str]:
        """Codes of the supported languages, such as `en`."""

    @property
    def translates(self) -> bool:
        """Whether the model can translate into English."""

    @property
    def detects_languages(self) -> bool:
        """Whether `detect_language` may be called; always if there is one language."""

    @property
    def takes_language(self) -> bool:
        """Whether the model decodes in the language of the options, and not in one that it
        finds."""

    @property
    def provenance(self) -> Mapping[str, str]:
        """Family, revision and device of the model, which the transcript records."""

    def detect_language(self, samples: Samples) -> list[tuple[str, float]]:
        """Detect the spoken language from the first 30 seconds of the samples.

        Returns language codes with their probabilities, 0 to 1, the most likely first.
        """

    def clamp(self, decoding: Decoding) -> tuple[Decoding, list[str]]:
        """Clamp the options to what this model supports.

        Returns the adjusted options and one warning per change, in words for the caller.
        """

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        on_progress: OnProgress,
        on_text: OnText = ignore_text,
    ) -> list[DecodedText]:
        """Return the text of each window, in the order of the windows.

        Windows of concurrent calls may share a batch; the result does not depend on it.

        - `windows`: samples of at most 30 seconds each; what is longer is cut off. A window may be
          empty, and then has no text
        - `decoding`: options that `clamp` has returned
        - `on_progress`: progress callback
        - `on_text`: called for each window in the calling thread, in the order of completion
        """


class Aligner(Protocol):
    """Forced alignment: finds the times of known words."""

    @property
    def name(self) -> str:
        """Name of the model, which the transcript records."""

    @property
    def warning(self) -> str | None:
        """A warning for every transcript about the accuracy of the times, or `None`."""

    def align(
        self, windows: Sequence[AlignmentInput], *, on_progress: OnProgress
    ) -> list[list[Word | None]]:
        """Return one list per input with an item for each of its words.

        An item is the word with its times in the recording (`start` of the input is added) and
        its score, 0 to 1, or `None` if the word cannot be timed.
        """


class Diarizer(Protocol):
    """Speaker diarization."""

    def turns(
        self,
        samples: Samples,
        *,
        num_speakers: int | None,
        min_speakers: int | None,
        max_speakers: int | None,
        on_progress: OnProgress,
    ) -> list[Turn]:
        """Return the speaker turns, in any order. Turns may overlap; speaker names are arbitrary.

        - `speakers`: number of speakers, if known
        - `min_speakers`, `max_speakers`: bounds of that number, if it is not known
        - `on_progress`: progress callback
        """


@runtime_checkable
class VoiceEmbedder(Protocol):
    """A diarizer that can also compare speakers of different recordings."""

    @property
    def voice_model(self) -> str:
        """The digest of the model that computes voices."""

    def voice(self, parts: Sequence[Samples]) -> NDArray[np.float32] | None:
        """Return the embedding of a speaker, of length 1, from parts in which no other speaks.

        Returns `None` if the parts are too short.
        """


class Engine(Protocol):
    """The models of a worker. Each is loaded once, at its first use or by `load`.

    Methods that load a model raise `MissingModel` if its files are not on disk, and `EngineFailed`
    if it cannot be loaded.
    """

    def load(self, presets: Iterable[Preset]) -> None:
        """Load all models that these presets need."""

    def voice_activity_detector(self, preset: Preset) -> VoiceActivityDetector:
        """Return the voice activity detector of a preset."""

    def speech_recognizer(self, preset: Preset) -> SpeechRecognizer:
        """Return the speech recognizer of a preset."""

    def aligner(self, preset: Preset, language: str) -> Aligner | None:
        """Return the aligner of a preset for a language, or `None` if it is not installed."""

    def diarizer(self, preset: Preset) -> Diarizer | None:
        """Return the diarizer of a preset, or `None` if it is not installed."""

    def describe(self) -> Mapping[str, Any]:
        """Return the engine's name, library versions, device and compute type, as JSON values.

        The transcript records them.
        """
