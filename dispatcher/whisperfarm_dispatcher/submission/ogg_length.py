"""Reads the length of an Ogg file from the last page of each of its links.

A link is a stream with headers of its own; a chained file has several, one after the other.
RFC 3533 defines pages. Opus, Vorbis, Speex and FLAC say how to read the time from a page.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from whisperfarm_contract.media import Seekable

MAX_WALK_BYTES = 8 << 20
"""Bytes of a chained file whose pages are read. The rest counts by its size."""

_HEAD_BYTES = 1 << 16
_TAIL_BYTES = 1 << 17
_BLOCK_BYTES = 1 << 20
_HEADER_BYTES = 27
_MAX_PAGE_BYTES = _HEADER_BYTES + 255 + 255 * 255
_FIRST_OF_STREAM = 2
_NO_TIME = -1

_MAX_LEAD_S = 5.0
"""A first page with a later time is from a stream that was running before the recording began."""

_MAX_PAGE_RATIO = 1.5
"""If pages are larger by this factor than the last page's number implies, its stream does not fill
the file."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page: what its header states, and the start of its content."""

    flags: int
    time: int
    serial: int
    number: int
    size_bytes: int
    content: bytes

    @property
    def is_first(self) -> bool:
        return bool(self.flags & _FIRST_OF_STREAM)


@dataclass(slots=True, kw_only=True)
class _Link:
    """The audio stream of a link. Times are in samples; `skipped` precede the audio."""

    serial: int
    rate_hz: int
    skipped: int = 0
    first: int = _NO_TIME
    last: int = _NO_TIME

    def add(self, page: _Page) -> None:
        if page.serial != self.serial or page.time <= 0:
            return
        self.last = page.time
        if self.first == _NO_TIME:
            self.first = page.time

    def seconds(self, rate_hz: int | None) -> float:
        start = self.first if self.first > _MAX_LEAD_S * self.rate_hz else self.skipped
        return max(0, self.last - start) / (rate_hz or self.rate_hz)


def estimate_s(
    file: Seekable, *, start: int, size_bytes: int, rate_hz: int | None = None
) -> float | None:
    """Return the seconds of audio in the Ogg file at `start`, or `None` if it has no known codec.

    `size_bytes` is the size of the whole file. `rate_hz` overrides the sample rate in its headers.
    """
    file.seek(start)
    pages = list(_pages(file.read(_HEAD_BYTES)))
    link = _first_link(pages)
    if link is None:
        return None
    for page in pages:
        link.add(page)
    if size_bytes - start > _TAIL_BYTES:
        last = _last_page(file, link.serial, size_bytes)
        if last is not None and _fills_file(last, pages, size_bytes - start):
            link.add(last)
            return link.seconds(rate_hz)
    return _walk(file, start, size_bytes, rate_hz)


def _first_link(pages: list[_Page]) -> _Link | None:
    return next((link for page in pages if page.is_first and (link := _read_codec(page))), None)


def _last_page(file: Seekable, serial: int, size_bytes: int) -> _Page | None:
    """Return the last page of the stream with a time, if it is near the end of the file."""
    file.seek(max(0, size_bytes - _TAIL_BYTES))
    pages = [page for page in _pages(file.read(_TAIL_BYTES)) if page.serial == serial]
    return next((page for page in reversed(pages) if page.time > 0), None)


def _fills_file(last: _Page, pages: list[_Page], size_bytes: int) -> bool:
    """Whether the last page is of the same link as the first pages: two links may have the same
    serial number, but then the pages are counted from 0 again."""
    if any(page.serial != last.serial for page in pages):
        return True  # pages of pictures lie between
    mean_bytes = sum(page.size_bytes for page in pages) / len(pages)
    return size_bytes / (last.number + 1) < _MAX_PAGE_RATIO * mean_bytes


def _walk(file: Seekable, start: int, size_bytes: int, rate_hz: int | None) -> float | None:
    """Add up the links in the first `MAX_WALK_BYTES`, and the rest by its size."""
    seconds, read_bytes = 0.0, 0
    link: _Link | None = None
    for page in _walk_pages(file, start):
        read_bytes += page.size_bytes
        if page.is_first and (link is None or link.last != _NO_TIME):
            seconds += link.seconds(rate_hz) if link else 0.0
            link = _read_codec(page)
        if link is not None:
            link.add(page)
    seconds += link.seconds(rate_hz) if link else 0.0
    is_whole = size_bytes - start <= MAX_WALK_BYTES
    return seconds if is_whole or not read_bytes else seconds * (size_bytes - start) / read_bytes


def _walk_pages(file: Seekable, start: int) -> Iterator[_Page]:
    """Yield the pages that end in the first `MAX_WALK_BYTES`."""
    file.seek(start)
    pending, left_bytes = b"", MAX_WALK_BYTES
    while left_bytes > 0 and (block := file.read(min(_BLOCK_BYTES, left_bytes))):
        left_bytes -= len(block)
        pending += block
        at = 0
        for page_at, page in _placed_pages(pending):
            yield page
            at = page_at + page.size_bytes
        pending = pending[max(at, len(pending) - _MAX_PAGE_BYTES) :]


def _pages(data: bytes) -> Iterator[_Page]:
    return (page for _, page in _placed_pages(data))


def _placed_pages(data: bytes) -> Iterator[tuple[int, _Page]]:
    """Yield the complete pages and their offsets."""
    at = data.find(b"OggS\0")
    while at >= 0:
        page = _parse(data, at)
        if page is not None and at + page.size_bytes <= len(data):
            yield at, page
            at = data.find(b"OggS\0", at + page.size_bytes)
        else:
            at = data.find(b"OggS\0", at + 1)


def _parse(data: bytes, at: int) -> _Page | None:
    if len(data) < at + _HEADER_BYTES:
        return None
    flags, time, serial, number, _, count = struct.unpack_from("<BqIIIB", data, at + 5)
    sizes = data[at + _HEADER_BYTES : at + _HEADER_BYTES + count]
    content_at = at + _HEADER_BYTES + count
    size_bytes = _HEADER_BYTES + count + sum(sizes)
    content = data[content_at : content_at + 64]
    return _Page(flags, time, serial, number, size_bytes, content) if len(sizes) == count else None


def _read_codec(page: _Page) -> _Link | None:
    """Return the link that starts with this page, or `None` if its codec is not audio."""
    head = page.content.ljust(64, b"\0")
    skipped = 0
    if head.startswith(b"OpusHead"):
        rate_hz, (skipped,) = 48_000, struct.unpack_from("<H", head, 10)
    elif head.startswith(b"\x01vorbis"):
        (rate_hz,) = struct.unpack_from("<I", head, 12)
    elif head.startswith(b"Speex   "):
        (rate_hz,) = struct.unpack_from("<I", head, 36)
    elif head.startswith(b"\x7fFLAC"):
        rate_hz = int.from_bytes(head[27:30], "big") >> 4
    else:
        return None
    return _Link(serial=page.serial, rate_hz=rate_hz, skipped=skipped) if rate_hz else None
