"""Windows per second of a speech model, by the size of the batch and of the beam."""

import time
from typing import Any

import numpy as np

from whisperfarm_worker.engines.port import Decoding
from whisperfarm_worker.engines.whisper.model import Whisper
from whisperfarm_worker.pipeline.state import Samples

MAX_TOKENS = 64
"""Random weights never end a text. Thirty seconds of speech have about as many tokens."""

BEAMS = (1, 5)
MEASURED_S = 3.0


def cap(model: Any) -> None:
    """Let a faster-whisper model end every text after `MAX_TOKENS` tokens."""
    model.max_length = MAX_TOKENS


def windows_per_second(
    model: Whisper, window: Samples, batches: tuple[int, ...]
) -> dict[str, float]:
    """Measure batches of copies of one window until `MEASURED_S` seconds have passed for each."""
    return {
        f"batch {batch}, beam {beam}": _measure(model, [window] * batch, beam)
        for batch in batches
        for beam in BEAMS
    }


def _measure(model: Whisper, windows: list[Samples], beam: int) -> float:
    decoding = Decoding(language="en", beam_size=beam, temperature_increment=0)
    model.generate(windows, decoding)  # the first call allocates
    calls, began = 0, time.perf_counter()
    while (took_s := time.perf_counter() - began) < MEASURED_S:
        model.generate(windows, decoding)
        calls += 1
    return round(calls * len(windows) / took_s, 2)


def full_window(samples: Samples) -> Samples:
    """Return 30 seconds that repeat the samples."""
    return np.resize(samples, 30 * 16_000)
