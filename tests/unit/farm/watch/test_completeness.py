"""When a file is complete: it does not change, and its WAV header has been closed."""

import struct
from pathlib import Path

import pytest

from tests.support.recordings import wav
from whisperfarm.watch import wav_header
from whisperfarm.watch.scan import Version, scan
from whisperfarm.watch.settings import AUDIO_GLOBS
from whisperfarm.watch.stability import Stability
from whisperfarm.watch.wav_header import WavHeader

WHOLE = wav(seconds=0.1, channels=2)
SIZE = slice(40, 44)


def _sized(size: int) -> bytes:
    """Return the file with another size of the samples in its header."""
    return WHOLE[:40] + struct.pack("<I", size) + WHOLE[44:]


def test_stability_counts_from_the_last_change() -> None:
    stability, one, two = Stability(), Version(1, 1), Version(2, 1)
    assert stability.update({"a": one}, 10.0) == {"a": 0.0}
    assert stability.update({"a": one, "b": one}, 13.0) == {"a": 3.0, "b": 0.0}
    assert stability.update({"a": two, "b": one}, 15.0) == {"a": 0.0, "b": 2.0}
    assert stability.update({"b": one}, 16.0) == {"b": 3.0}
    assert stability.update({"a": two, "b": one}, 17.0) == {"a": 0.0, "b": 4.0}


@pytest.mark.parametrize(
    ("content", "header"),
    [
        (WHOLE, WavHeader(2, is_open=False)),
        (WHOLE + b"LIST", WavHeader(2, is_open=False)),
        (WHOLE[:-1], WavHeader(2, is_open=True)),
        (WHOLE[:44], WavHeader(2, is_open=True)),
        (WHOLE[:30], WavHeader(2, is_open=True)),
        (WHOLE[:12], WavHeader(0, is_open=True)),
        (_sized(0), WavHeader(2, is_open=True)),
        (_sized(0xFFFFFFFF), WavHeader(2, is_open=True)),
        (WHOLE[:12] + b"JUNK\x03\0\0\0abc\0" + WHOLE[12:], WavHeader(2, is_open=False)),
        (WHOLE[:12] + b"JUNK\0\0\0\0" * 100, WavHeader(0, is_open=True)),
        (b"ID3", None),
        (b"", None),
    ],
)
def test_header_is_open_until_it_has_the_size_of_the_file(
    tmp_path: Path, content: bytes, header: WavHeader | None
) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(content)
    found = wav_header.read(path)
    assert (found and found[:2]) == (header and header[:2])


@pytest.mark.parametrize(
    ("content", "seconds"), [(WHOLE, 0.1), (_sized(0), 0.1), (_sized(3200), 0.05), (WHOLE[:44], 0)]
)
def test_header_has_the_length_of_the_samples(
    tmp_path: Path, content: bytes, seconds: float
) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(content)
    header = wav_header.read(path)
    assert header is not None
    assert header.seconds == seconds


def test_scan_returns_visible_recordings_of_all_folders(tmp_path: Path) -> None:
    for name in ("a.wav", "b/C.MP3", ".d.wav", ".e/f.wav", "done/g.wav", "h.wav.part", "i.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"audio")
    (tmp_path / "link.wav").symlink_to(tmp_path / "a.wav")
    (tmp_path / "loop").symlink_to(tmp_path)
    failures: list[str] = []
    found = scan(
        tmp_path,
        AUDIO_GLOBS,
        excluded=[tmp_path / "done"],
        on_error=lambda folder, _: failures.append(folder),
    )
    assert sorted(found) == ["a.wav", "b/C.MP3"]
    assert found["a.wav"].size_bytes == 5
    assert failures == []


def test_scan_of_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        scan(tmp_path / "x", AUDIO_GLOBS, excluded=[], on_error=lambda *_: None)
