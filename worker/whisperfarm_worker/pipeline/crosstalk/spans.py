"""The frames of chunks, and of their parts."""

from collections.abc import Iterator
from dataclasses import dataclass

_CHUNK_FRAMES = 468
"""15 seconds."""

_CONTEXT_FRAMES = 78
"""2.5 seconds before and after a chunk."""

_PART_FRAMES = 96
_PART_CONTEXT_FRAMES = 16
"""A part has 3 seconds, and half a second before and after it; each overlaps the next by half."""


@dataclass(frozen=True, slots=True)
class Span:
    """Frames from `first` to `last`, of which those of the `core` are classified."""

    core: slice
    first: int
    last: int

    @property
    def inside(self) -> slice:
        """Return the place of the core among these frames."""
        return slice(self.core.start - self.first, self.core.stop - self.first)

    def parts(self) -> Iterator["Span"]:
        """Yield the parts of a chunk."""
        for start in range(self.core.start, self.core.stop, _PART_FRAMES // 2):
            stop = min(start + _PART_FRAMES, self.core.stop)
            yield _span(start, stop, _PART_CONTEXT_FRAMES, self.last)


def chunk_spans(frames: int) -> Iterator[Span]:
    """Yield the chunks of a recording with this many frames."""
    for start in range(0, frames, _CHUNK_FRAMES):
        yield _span(start, min(start + _CHUNK_FRAMES, frames), _CONTEXT_FRAMES, frames)


def _span(start: int, stop: int, context: int, end: int) -> Span:
    return Span(slice(start, stop), max(start - context, 0), min(stop + context, end))
