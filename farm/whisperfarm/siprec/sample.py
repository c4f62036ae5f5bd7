"""The recording of the trial: speech, in a file as SIPREC writes it."""

import wave
from array import array
from pathlib import Path

from whisperfarm_demo import samples_dir

_LENGTH_S = 8


def write_sample(path: Path, *, true_rate_hz: int, header_rate_hz: int, channels: int) -> None:
    """Write some seconds of speech with `true_rate_hz` samples a second.

    The header says `header_rate_hz`, which may be another rate, as in SIPREC's files. All channels
    are the same.
    """
    samples = _resample(*_speech(), true_rate_hz)
    interleaved = array("h", (sample for sample in samples for _ in range(channels)))
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, header_rate_hz, 0, "NONE", ""))
        file.writeframes(interleaved.tobytes())


def _speech() -> tuple["array[int]", int]:
    """Return 16-bit samples of a call, and their rate."""
    with wave.open(str(samples_dir() / "support-call.wav"), "rb") as file:
        rate_hz = file.getframerate()
        return array("h", file.readframes(_LENGTH_S * rate_hz)), rate_hz


def _resample(samples: "array[int]", from_hz: int, to_hz: int) -> "array[int]":
    """Return the samples at another rate, interpolated: good enough for speech."""
    if from_hz == to_hz:
        return samples
    positions = (number * from_hz / to_hz for number in range(len(samples) * to_hz // from_hz - 1))
    return array("h", (_between(samples, position) for position in positions))


def _between(samples: "array[int]", position: float) -> int:
    before = int(position)
    after = min(before + 1, len(samples) - 1)
    return round(samples[before] + (position - before) * (samples[after] - samples[before]))
