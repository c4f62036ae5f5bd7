"""Pieces of a channel that are cut out, amplified and joined to one recording."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples, SpeechRegion, TimeSpan, cut

_CONTEXT_S = 0.3
"""Sound around a quiet one that the detector gets too."""

_SEPARATOR_S = 1.0
"""Silence between the pieces."""

_MAX_PIECE_S = 60.0
_MAX_JOINED_S = 300.0
"""Bounds of what is copied and given to the detector at once."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A time span of the channel with a quiet sound, and the gain that its samples need.

    `sound_s` is the length of the sound itself in seconds.
    """

    span: TimeSpan
    gain: float
    sound_s: float

    @property
    def seconds(self) -> float:
        return self.span.end - self.span.start


def batches(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Yield the pieces in groups of about `_MAX_JOINED_S` seconds."""
    batch: list[Piece] = []
    for piece in pieces:
        batch.append(piece)
        if sum(one.seconds for one in batch) >= _MAX_JOINED_S:
            yield batch
            batch = []
    if batch:
        yield batch


def parts(sound: TimeSpan) -> Iterator[TimeSpan]:
    """Yield the time span in parts of at most `_MAX_PIECE_S` seconds."""
    start = sound.start
    while sound.end - start > _MAX_PIECE_S:
        yield TimeSpan(start, start + _MAX_PIECE_S)
        start += _MAX_PIECE_S
    yield TimeSpan(start, sound.end)


def with_context(sound: TimeSpan, found: Sequence[SpeechRegion], audio_s: float) -> TimeSpan:
    """Return the time span with `_CONTEXT_S` on both sides, but without the speech beside it."""
    before = max((one.end for one in found if one.end <= sound.start), default=0.0)
    after = min((one.start for one in found if one.start >= sound.end), default=audio_s)
    return TimeSpan(
        max(sound.start - _CONTEXT_S, min(before, sound.start)),
        min(sound.end + _CONTEXT_S, max(after, sound.end)),
    )


def join(samples: Samples, pieces: Sequence[Piece]) -> Samples:
    """Return the amplified pieces as one recording, with silence before, between and after."""
    separator = np.zeros(round(_SEPARATOR_S * SAMPLE_RATE_HZ), np.float32)
    joined = [separator]
    for piece in pieces:
        part = cut(samples, piece.span)
        joined += [(part - part.mean()) * np.float32(piece.gain), separator]
    return np.concatenate(joined)


def split(
    pieces: Sequence[Piece], regions: Sequence[SpeechRegion]
) -> Iterator[tuple[Piece, list[SpeechRegion]]]:
    """Yield each piece with its regions of the joined pieces, with their times in the recording."""
    offset = _SEPARATOR_S
    for piece in pieces:
        moved = (
            SpeechRegion(
                max(region.start - offset, 0.0) + piece.span.start,
                min(region.end - offset, piece.seconds) + piece.span.start,
                piece.gain,
            )
            for region in regions
        )
        yield piece, [region for region in moved if region.start < region.end]
        offset += piece.seconds + _SEPARATOR_S
