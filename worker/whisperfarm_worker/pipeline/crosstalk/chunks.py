"""Classifies the frames of all channels, in chunks of 15 seconds, and in parts of them."""

from collections.abc import Callable
from functools import partial

from whisperfarm_worker.pipeline.crosstalk.chunk import Chunk
from whisperfarm_worker.pipeline.crosstalk.frame_facts import Frames
from whisperfarm_worker.pipeline.crosstalk.pair_delays import PairDelays
from whisperfarm_worker.pipeline.crosstalk.spans import Span, chunk_spans
from whisperfarm_worker.pipeline.runs import Mask
from whisperfarm_worker.pipeline.state import Waveform

_SAME_DELAY_S = 0.0002
"""Delays are known to 0.125 ms."""


def classify_all(
    waveform: Waveform, active: Mask, delays: PairDelays, on_progress: Callable[[], None]
) -> Frames:
    """Classify the frames of all channels. `on_progress` is called for each chunk.

    The filters of a chunk are constant, but jitter buffers and clocks change the delay of an echo.
    Where the delay changes within a chunk, its parts are compared once more by themselves.
    """
    found = Frames.empty(*active.shape)
    for span in chunk_spans(active.shape[1]):
        on_progress()
        between = partial(_delays_of, delays, span)
        Chunk(waveform, active, between, span, found).classify_all()
        for part in span.parts():
            between = partial(_changing_delays_of, delays, span, part)
            Chunk(waveform, active, between, part, found).classify_all()
    return found


def _delays_of(delays: PairDelays, span: Span, channel: int, source: int) -> list[float]:
    return delays.between(channel, source, span.first, span.last)


def _changing_delays_of(
    delays: PairDelays, chunk: Span, part: Span, channel: int, source: int
) -> list[float]:
    """Return the delays in a part of a chunk, or none if the likeliest is that of all parts."""
    of_parts = [_delays_of(delays, one, channel, source)[:1] for one in chunk.parts()]
    likeliest = [one for first in of_parts for one in first]
    is_constant = not likeliest or max(likeliest) - min(likeliest) <= _SAME_DELAY_S
    return [] if is_constant else _delays_of(delays, part, channel, source)
