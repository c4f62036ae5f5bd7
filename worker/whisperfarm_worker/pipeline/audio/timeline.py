"""Places decoded frames on the recording's time line, by the time stamps of its container."""

from collections import deque
from dataclasses import dataclass, field

from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, TimeSpan

_TOLERANCE = SAMPLE_RATE_HZ // 10
"""Time stamps are rounded, and encoders delay the audio by less than this."""

_MAX_HOLE = 3600 * SAMPLE_RATE_HZ
"""A longer jump is a clock that was set, and not missing audio."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A number of frames of the decoder's output, after a number of frames of silence."""

    silence: int
    frames: int


@dataclass(slots=True, kw_only=True)
class Timeline:
    """Time line of a track, in frames of `SAMPLE_RATE_HZ`.

    `offset` is the position of the time stamp 0. If the first time stamp is later than the start
    of the recording, silence precedes the audio. If a later time stamp leaves a hole, silence
    fills it, and `holes` has it. A time stamp that goes back, or more than an hour ahead, starts
    another clock: the audio follows what precedes it.
    """

    offset: int = 0
    holes: list[TimeSpan] = field(default_factory=list, init=False)
    _position: int = field(default=0, init=False)
    _pieces: deque[Piece] = field(default_factory=deque, init=False, repr=False)

    def add(self, time_stamp: int | None, frames: int) -> None:
        """Append a frame of the decoder. Its time stamp is `None` if the container has none."""
        silence = 0 if time_stamp is None else self._silence(time_stamp)
        self._pieces.append(Piece(silence, frames))
        self._position += silence + frames

    def take(self, frames: int) -> list[Piece]:
        """Return the next pieces, of this many frames or of as many as were added."""
        taken: list[Piece] = []
        while self._pieces and frames > 0:
            piece = self._pieces.popleft()
            count = min(piece.frames, frames)
            _append(taken, Piece(piece.silence, count))
            frames -= count
            if count < piece.frames:
                self._pieces.appendleft(Piece(0, piece.frames - count))
        return taken

    def _silence(self, time_stamp: int) -> int:
        """Return how many frames of silence precede the frame with this time stamp."""
        ahead = time_stamp + self.offset - self._position
        if -_TOLERANCE < ahead < _TOLERANCE:
            return 0
        if not 0 < ahead <= _MAX_HOLE:
            self.offset -= ahead
            return 0
        if self._position:
            start, end = self._position, self._position + ahead
            self.holes.append(TimeSpan(start / SAMPLE_RATE_HZ, end / SAMPLE_RATE_HZ))
        return ahead


def _append(pieces: list[Piece], piece: Piece) -> None:
    """Append a piece, to the last one if no silence lies between them."""
    if pieces and not piece.silence:
        piece = Piece(pieces[-1].silence, pieces.pop().frames + piece.frames)
    pieces.append(piece)
