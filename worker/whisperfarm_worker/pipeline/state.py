"""What flows through the pipeline: each stage takes one `Work` and answers the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.transcript import Segment, Transcript, Turn

SAMPLE_RATE_HZ = 16_000

Samples = NDArray[np.float32]
"""One channel of sound: 16 kHz, -1 to 1."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Decoded sound, of shape (channels, samples)."""

    samples: NDArray[np.float32]

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return float(self.samples.shape[1] / SAMPLE_RATE_HZ)

    @property
    def channels(self) -> int:
        """How many channels there are."""
        return int(self.samples.shape[0])

    def cut(self, channel: int, start: float, end: float) -> Samples:
        """The samples of a channel between two times in seconds; nothing is copied."""
        first, last = (int(second * SAMPLE_RATE_HZ) for second in (start, end))
        return self.samples[channel, first:last]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody speaks from `start` to `end`, in seconds."""

    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A piece of one channel that is given to the speech model at once, with the speech in it."""

    start: float
    end: float
    stretches: tuple[Stretch, ...]
    channel: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the speech model heard in a window, with single spaces between words."""

    window: Window
    text: str
    avg_logprob: float


_SILENCE = Sound(np.zeros((1, 0), dtype=np.float32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One attempt at one recording, as far as it has come."""

    preset: Preset
    options: Options
    audio_key: str = ""
    file: Path = Path()
    sound: Sound = _SILENCE
    windows: tuple[Window, ...] = ()
    language: str = ""
    language_probability: float | None = None
    said: tuple[Said, ...] = ()
    segments: tuple[Segment, ...] = ()
    turns: tuple[Turn, ...] = ()
    warnings: tuple[str, ...] = ()
    made_with: Mapping[str, Any] = field(default_factory=dict)
    transcript: Transcript | None = None

    @property
    def speaker_per_channel(self) -> bool:
        """Whether the caller says that each channel is one speaker."""
        return self.options.channels == "speakers"

    def warn(self, *warnings: str) -> "Work":
        """The same with more to warn of; nothing is said twice."""
        new = tuple(warning for warning in warnings if warning not in self.warnings)
        return replace(self, warnings=self.warnings + new)
