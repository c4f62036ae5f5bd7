"""Finds what lies between the frames of a stream without a container: damage, and tags.

Such a stream has no clock. ffmpeg counts its frames, so that all that follows a damaged part would
move forward, and it reports the tags between two joined files as an error.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from whisperfarm_contract.media import SNIFF_BYTES, Seekable, frames
from whisperfarm_contract.media.tags import end_of_tags
from whisperfarm_worker.pipeline.audio.chunks import length_of, read_at
from whisperfarm_worker.pipeline.audio.ffmpeg import Input
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ

_STREAMS = ("mp3", "aac")
_NEIGHBOURS = 16
"""The frames on each side of a gap by which its length in time is estimated."""

_MAX_GAPS = 1000
_MAX_SEARCHED_BYTES = 1 << 20
"""A file with more gaps, or with longer ones in sum, is left to ffmpeg: it was made to take time,
or it is something else."""

_TOLERANCE_S = 0.02
"""Less than a frame, and more than the error of its time stamp."""

_FRAMES_BETWEEN_POLLS = 10_000
_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes of the file that are not frames.

    `at_s` is the length of the frames before them. About `missing_s` seconds of frames have been
    lost; it is 0 for tags.
    """

    start: int
    end: int
    at_s: float
    missing_s: float


def find(source: Input, *, max_audio_s: float, on_poll: Callable[[], None]) -> list[Gap]:
    """Return the gaps in the stream, or none if it does not consist of frames.

    The search ends after `max_audio_s` seconds of frames. `on_poll` is called now and then.
    """
    name = source.container.name if source.container else ""
    if name not in _STREAMS:
        return []
    with source.path.open("rb") as file:
        search = _Search(file=file, name=name, max_audio_s=max_audio_s, on_poll=on_poll)
        found = list(islice(search.gaps(source.offset), _MAX_GAPS))
    return [] if len(found) == _MAX_GAPS or search.is_exhausted else found


def copy_without(gaps: Sequence[Gap], source: Input, to: Path) -> None:
    """Write the stream without the gaps."""
    starts = [source.offset, *(gap.end for gap in gaps)]
    with source.path.open("rb") as file, to.open("wb") as copy:
        ends = [*(gap.start for gap in gaps), length_of(file)]
        for start, end in zip(starts, ends, strict=True):
            for at in range(start, end, _COPY_BYTES):
                copy.write(read_at(file, at, min(_COPY_BYTES, end - at)))


@dataclass(slots=True)
class GapClock:
    """Caller of `on_frame` that adds the lost time before a frame to its time stamp."""

    on_frame: Callable[[int | None, int], None]
    gaps: Sequence[Gap]
    _lost: int = field(default=0, init=False)
    _passed: int = field(default=0, init=False)

    def add(self, time_stamp: int | None, frames_count: int) -> None:
        """Pass on a frame of the decoder, with its time stamp as if nothing had been lost."""
        if time_stamp is None:
            self.on_frame(None, frames_count)
            return
        while self._passed < len(self.gaps) and time_stamp >= self._next_at:
            self._lost += round(self.gaps[self._passed].missing_s * SAMPLE_RATE_HZ)
            self._passed += 1
        self.on_frame(time_stamp + self._lost, frames_count)

    @property
    def _next_at(self) -> int:
        """The time stamp from which on the next gap lies behind. Decoders delay the sound."""
        return round((self.gaps[self._passed].at_s - _TOLERANCE_S) * SAMPLE_RATE_HZ)


def warnings(gaps: Sequence[Gap]) -> list[str]:
    """Return a warning if frames have been lost."""
    lost = [gap for gap in gaps if gap.missing_s]
    if not lost:
        return []
    seconds = sum(gap.missing_s for gap in lost)
    count = sum(gap.end - gap.start for gap in lost)
    return [
        f"the file is damaged: {count} bytes between its frames are not audio, in place of about"
        f" {seconds:.2f} s"
    ]


@dataclass(slots=True, kw_only=True)
class _Search:
    file: Seekable
    name: str
    max_audio_s: float
    on_poll: Callable[[], None]
    is_exhausted: bool = field(default=False, init=False)
    _searched_bytes: int = field(default=0, init=False)

    def gaps(self, start: int) -> Iterator[Gap]:
        """Yield the gaps behind the offset. What follows the last frame is not one."""
        at, at_s, count = start, 0.0, 0
        before: deque[frames.Frame] = deque(maxlen=_NEIGHBOURS)
        while at_s < self.max_audio_s:
            frame = self._frame(at)
            if frame is None or (before and not frame.continues(before[-1])):
                end = self._next_frame(at)
                if end is None:
                    return
                if end > at:
                    yield Gap(at, end, at_s, self._missing_s(at, end, before))
                before.clear()
                at, frame = end, self._frame(end)
            if frame is None:
                return
            at_s += 0.0 if count == 0 and self._states_length(at, frame) else frame.seconds
            before.append(frame)
            at += frame.size_bytes
            count += 1
            if count % _FRAMES_BETWEEN_POLLS == 0:
                self.on_poll()

    def _frame(self, at: int) -> frames.Frame | None:
        return frames.PARSERS[self.name](read_at(self.file, at, frames.HEADER_BYTES), 0)

    def _next_frame(self, at: int) -> int | None:
        """Return the offset from which on frames follow each other again."""
        while self._searched_bytes <= _MAX_SEARCHED_BYTES:
            data = read_at(self.file, at, SNIFF_BYTES)
            if stream := frames.find(data, self.name):
                self._searched_bytes += stream.offset
                return at + stream.offset
            if len(data) < SNIFF_BYTES:
                return None
            self.on_poll()
            at += SNIFF_BYTES // 2
            self._searched_bytes += SNIFF_BYTES // 2
        self.is_exhausted = True
        return None

    def _missing_s(self, start: int, end: int, before: Sequence[frames.Frame]) -> float:
        """Estimate the length of the lost frames by the size of those around them."""
        data = read_at(self.file, end, SNIFF_BYTES)
        after = islice(frames.follow(data, frames.Stream(self.name, 0)), _NEIGHBOURS)
        near = [*before, *after]
        lost_bytes = end - min(end_of_tags(self.file, start), end)
        count = round(lost_bytes * len(near) / sum(frame.size_bytes for frame in near))
        return count * near[0].seconds

    def _states_length(self, at: int, frame: frames.Frame) -> bool:
        """Whether the frame has the length of an MP3 file instead of audio."""
        content = read_at(self.file, at, min(frame.size_bytes, 64))
        return self.name == "mp3" and (b"Xing" in content or b"Info" in content)
