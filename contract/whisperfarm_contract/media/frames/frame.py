"""A frame of an audio stream."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame: its stream, its size, its length, and what all frames of a stream have in common."""

    stream: str
    size_bytes: int
    seconds: float
    fixed: tuple[int, ...] = ()

    def continues(self, other: "Frame") -> bool:
        return (self.stream, self.fixed) == (other.stream, other.fixed)
