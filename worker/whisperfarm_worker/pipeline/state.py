"""The value that passes through the pipeline: each stage takes a `PipelineState` and returns a new
one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.options import Options
from whisperfarm_contract.peaks import Peaks
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.transcript import KnownSpeaker, Recording, Segment, Transcript, Turn, Word

SAMPLE_RATE_HZ = 16_000
SAMPLE_BYTES = 4

Samples = NDArray[np.float32]
"""Mono audio: float32 at 16 kHz, of shape (samples,), with values from -1 to 1."""


@dataclass(frozen=True, slots=True)
class Waveform:
    """Decoded audio: float32 at 16 kHz, one array of shape (samples,) for each channel, with values
    from -1 to 1.

    The arrays may be memory-mapped files, so slices are read from disk when they are used. `silent`
    are the channels that are silent throughout; their samples are zeros. `spans` are where each
    channel has audio, if it is padded with silence elsewhere.
    """

    samples: Sequence[Samples] | NDArray[np.float32]
    silent: frozenset[int] = frozenset()
    spans: Sequence["TimeSpan"] = ()

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return float(len(self.samples[0]) / SAMPLE_RATE_HZ)

    @property
    def channels(self) -> int:
        return len(self.samples)

    @property
    def audible(self) -> list[int]:
        """The channels that are not silent throughout."""
        return [number for number in range(self.channels) if number not in self.silent]

    def cut(self, channel: int, start: float, end: float) -> Samples:
        """Return a view of the samples of a channel from `start` to `end`, in seconds."""
        return cut(self.samples[channel], TimeSpan(start, end))


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A time span from `start` to `end`, in seconds from the start of the recording."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class SpeechRegion:
    """A speech region from `start` to `end`, in seconds from the start of the recording.

    `gain`: the factor by which the models need its samples amplified, because it is very quiet.
    """

    start: float
    end: float
    gain: float = 1.0


def cut(samples: Samples, span: TimeSpan | SpeechRegion) -> Samples:
    """Return a view of the samples in a time span of them."""
    return samples[int(span.start * SAMPLE_RATE_HZ) : int(span.end * SAMPLE_RATE_HZ)]


def merge(spans: Iterable[TimeSpan | SpeechRegion]) -> list[TimeSpan]:
    """Return the time spans by time, with adjacent and overlapping ones merged."""
    merged: list[TimeSpan] = []
    for one in sorted(spans, key=lambda span: span.start):
        if merged and one.start <= merged[-1].end:
            merged[-1] = TimeSpan(merged[-1].start, max(merged[-1].end, one.end))
        else:
            merged.append(TimeSpan(one.start, one.end))
    return merged


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Audio of one channel that the speech model decodes at once, and its speech regions.

    Times are seconds from the start of the recording. Channels are counted from 0. The regions are
    in order, do not overlap, and lie between `start` and `end`.
    """

    start: float
    end: float
    regions: tuple[SpeechRegion, ...]
    channel: int = 0


def regions_of(windows: Iterable[Window]) -> list[SpeechRegion]:
    """Return the speech regions of all windows, in the same order."""
    return [region for window in windows for region in window.regions]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowText:
    """The text of a window, with single spaces between words.

    `avg_logprob` is the mean log probability per token. `language` is a code, or `None` if it is
    the main language of the recording. `words` are the words of the text with their times in the
    recording, if the speech model timed them itself, else `None`.
    """

    window: Window
    text: str
    avg_logprob: float
    language: str | None = None
    words: tuple[Word, ...] | None = None


_EMPTY_WAVEFORM = Waveform(np.zeros((1, 0), dtype=np.float32))


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineState:
    """State of one attempt at one recording. Stages return changed copies.

    From the job:

    - `preset`, `options`: what the caller asked for
    - `audio_key`: the recording's key in the blob store

    Set by the stages, in this order:

    - `file`: local file with the recording; `legs`: the files of a call with several (fetch)
    - `waveform`: the decoded audio; `holes`: where the recording has none, by time;
      `recording`: the time code at which it starts, or `None`; `peaks`: those of all channels
      (decode)
    - `clips`: the parts to transcribe, in order; empty if that is the whole recording (speech)
    - `windows`: the speech of all channels, by start time and channel (speech); cut where the
      language changes (transcribe)
    - `other_sounds`: time spans with sound that was not taken for speech in any channel (speech)
    - `language`: code such as `de`, of several languages the one with the most speech;
      `language_probability`: 0 to 1 if it was detected, else `None` (transcribe)
    - `window_texts`: the text of each window that has any, in the order of `windows` (transcribe)
    - `segments`: one per sentence, with times for all words (align), and of one speaker (diarize)
    - `turns`: speaker turns by start time; `known_speakers`: those named by their voices, or `None`
      if the job does not ask for it (diarize)
    - `transcript`: the result (render)

    Set by any stage:

    - `warnings`: sentences for the caller, without repetitions
    - `provenance`: names of models and other facts that the transcript records
    """

    preset: Preset
    options: Options
    audio_key: str = ""
    file: Path = Path()
    legs: tuple[Path, ...] = ()
    waveform: Waveform = _EMPTY_WAVEFORM
    holes: tuple[TimeSpan, ...] = ()
    recording: Recording | None = None
    peaks: Peaks | None = None
    clips: tuple[TimeSpan, ...] = ()
    windows: tuple[Window, ...] = ()
    other_sounds: tuple[TimeSpan, ...] = ()
    language: str = ""
    language_probability: float | None = None
    window_texts: tuple[WindowText, ...] = ()
    segments: tuple[Segment, ...] = ()
    turns: tuple[Turn, ...] = ()
    known_speakers: tuple[KnownSpeaker, ...] | None = None
    warnings: tuple[str, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    transcript: Transcript | None = None

    @property
    def speaker_per_channel(self) -> bool:
        """Whether each channel is one speaker, by the caller's options."""
        return self.options.speaker_per_channel

    def text_language(self, window_text: WindowText) -> str:
        """Return the language in which the text of a window is written."""
        if self.options.task == "translate":
            return "en"
        return window_text.language or self.language

    def warn(self, *warnings: str) -> "PipelineState":
        """Return a copy with these warnings added, except those that it has already."""
        new = tuple(warning for warning in warnings if warning not in self.warnings)
        return replace(self, warnings=self.warnings + new)
