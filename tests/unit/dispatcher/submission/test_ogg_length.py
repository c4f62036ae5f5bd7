"""Lengths of Ogg files with one or several links."""

import io
import struct

import pytest

from whisperfarm_dispatcher.submission.ogg_length import MAX_WALK_BYTES, estimate_s

OPUS = b"OpusHead\x01\x01" + struct.pack("<H", 480) + bytes(7)
VORBIS = b"\x01vorbis" + bytes(5) + struct.pack("<I", 16_000) + bytes(14)
SPEEX = b"Speex   " + bytes(28) + struct.pack("<I", 8_000) + bytes(40)
FLAC = b"\x7fFLAC\x01\0\0\x01fLaC" + bytes(14) + (44_100 << 4).to_bytes(3, "big") + bytes(21)
THEORA = b"\x80theora" + bytes(35)


def _page(serial: int, number: int, time: int, content: bytes, *, is_first: bool = False) -> bytes:
    sizes = [255] * (len(content) // 255) + [len(content) % 255]
    header = struct.pack(
        "<5sBqIIIB", b"OggS\0", 2 * is_first, time, serial, number, 0, len(sizes)
    )  # fmt: skip
    return header + bytes(sizes) + content


def _link(
    head: bytes, *, times: range, serial: int = 1, page_bytes: int = 400, skipped: int = 0
) -> bytes:
    """Return a stream with a page for each of these times."""
    pages = [_page(serial, 0, 0, head, is_first=True), _page(serial, 1, 0, b"tags")]
    pages += [
        _page(serial, number, time + skipped, b"\x55" * page_bytes)
        for number, time in enumerate(times, start=2)
    ]
    return b"".join(pages)


def _seconds(rate_hz: int, seconds: int) -> range:
    return range(rate_hz, rate_hz * seconds + 1, rate_hz)


LINKS = {
    "opus": _link(OPUS, times=_seconds(48_000, 10), skipped=480),
    "vorbis": _link(VORBIS, times=_seconds(16_000, 10), serial=2),
    "speex": _link(SPEEX, times=_seconds(8_000, 10), serial=3),
    "flac": _link(FLAC, times=_seconds(44_100, 10), serial=4),
}


def _estimate_s(content: bytes, rate_hz: int | None = None, start: int = 0) -> float | None:
    file = io.BytesIO(bytes(start) + content)
    size_bytes = start + len(content)
    return estimate_s(file, start=start, size_bytes=size_bytes, rate_hz=rate_hz)


@pytest.mark.parametrize("codec", LINKS)
def test_length_is_that_of_the_last_page(codec: str) -> None:
    assert _estimate_s(LINKS[codec]) == pytest.approx(10.0)
    assert _estimate_s(LINKS[codec], start=33) == pytest.approx(10.0)


def test_links_of_a_chained_file_are_added_up() -> None:
    assert _estimate_s(b"".join(LINKS.values())) == pytest.approx(40.0)
    assert _estimate_s(2 * LINKS["opus"]) == pytest.approx(20.0)


def test_long_files_are_not_read_whole() -> None:
    class Counted(io.BytesIO):
        read_bytes = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.read_bytes += len(data)
            return data

    minute = _link(OPUS, times=_seconds(48_000, 2_000), page_bytes=4_000, skipped=480)
    other = _link(VORBIS, times=_seconds(16_000, 3_000), page_bytes=4_000, serial=2)
    for content, seconds, most_bytes in (
        (minute, 2_000, 1 << 18),
        (minute + other, 5_000, MAX_WALK_BYTES + (1 << 18)),
        (3 * minute, 6_000, MAX_WALK_BYTES + (1 << 18)),
    ):
        file = Counted(content)
        found_s = estimate_s(file, start=0, size_bytes=len(content))
        assert found_s == pytest.approx(seconds, rel=0.01)
        assert file.read_bytes <= most_bytes


def test_sound_of_a_film_is_measured_by_its_own_pages() -> None:
    film = (
        _page(7, 0, 0, THEORA, is_first=True)
        + LINKS["vorbis"]
        + _page(7, 1, 999_999, bytes(60_000))
    )
    assert _estimate_s(film) == pytest.approx(10.0)


def test_stream_that_was_running_counts_from_its_first_page() -> None:
    joined = _link(VORBIS, times=range(1_600_000, 1_760_001, 16_000))
    assert _estimate_s(joined) == pytest.approx(10.0)


def test_declared_rate_overrides_that_of_the_header() -> None:
    assert _estimate_s(LINKS["vorbis"], rate_hz=8_000) == pytest.approx(20.0)


@pytest.mark.parametrize("content", [b"", b"OggS", _page(1, 0, 0, THEORA, is_first=True)])
def test_file_without_audio_has_no_length(content: bytes) -> None:
    assert _estimate_s(content) is None
