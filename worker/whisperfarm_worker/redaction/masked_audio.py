"""The samples of a recording with time spans of it masked."""

from collections.abc import Iterator, Sequence
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, TimeSpan, Waveform
from whisperfarm_worker.redaction.masked_spans import MaskedSpans

BLOCK_FRAMES = 30 * SAMPLE_RATE_HZ

_BEEP_HZ = 1000
_BEEP_LEVEL = 0.1
_FULL_SCALE = 32_768

Pcm = NDArray[np.int16]


def masked_blocks(waveform: Waveform, spans: MaskedSpans, *, beep: bool) -> Iterator[Pcm]:
    """Yield all samples as arrays of shape (frames, channels), with zeros in all spans.

    With `beep`, a tone of 1 kHz replaces what is redacted.
    """
    frames = len(waveform.samples[0])
    silenced, tones = spans.all(), spans.redacted if beep else ()
    for start in range(0, frames, BLOCK_FRAMES):
        stop = min(start + BLOCK_FRAMES, frames)
        block = np.stack([_to_pcm(one[start:stop]) for one in waveform.samples], axis=1)
        for part in _parts(silenced, start, stop):
            block[part] = 0
        for channel, sounds in enumerate(spans.wordless):
            for part in _parts(sounds, start, stop):
                block[part, channel] = 0
        for part in _parts(tones, start, stop):
            block[part] = _beep(start + part.start, start + part.stop)[:, np.newaxis]
        yield block


def _to_pcm(samples: NDArray[np.float32]) -> Pcm:
    scaled = np.rint(np.nan_to_num(samples) * _FULL_SCALE)
    return np.clip(scaled, -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)


def _parts(spans: Sequence[TimeSpan], start: int, stop: int) -> Iterator[slice]:
    """Yield the frames of a block that the spans touch, counted from its start."""
    for span in spans:
        first = max(floor(span.start * SAMPLE_RATE_HZ), start)
        last = min(ceil(span.end * SAMPLE_RATE_HZ), stop)
        if first < last:
            yield slice(first - start, last - start)


def _beep(start: int, stop: int) -> Pcm:
    phase = np.arange(start, stop) % SAMPLE_RATE_HZ * (2 * np.pi * _BEEP_HZ / SAMPLE_RATE_HZ)
    return np.rint(np.sin(phase) * _BEEP_LEVEL * _FULL_SCALE).astype(np.int16)
