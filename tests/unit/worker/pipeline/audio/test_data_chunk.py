"""Sizes of audio that headers state, beside what follows them."""

import struct
from pathlib import Path

import pytest

from tests.support.recordings import wav
from whisperfarm_worker.pipeline.audio.data_chunk import DataChunk, find, voc_has_end

SOUND = bytes(200)
W64_END = bytes.fromhex("f3acd3118cd100c04f8edb8a")


def _chunk(layout: str, name: bytes, content: bytes, *, more_bytes: int = 0) -> bytes:
    """Return a chunk; its size counts `more_bytes` that are not there."""
    return struct.pack(layout, name, len(content) + more_bytes) + content


def _w64_chunk(name: bytes, content: bytes) -> bytes:
    padding = bytes(-len(content) % 8)
    return name + W64_END + struct.pack("<Q", 24 + len(content)) + content + padding


WHOLE = {
    "wav": wav(SOUND),
    "w64": bytes(40) + _w64_chunk(b"fmt ", bytes(18)) + _w64_chunk(b"data", SOUND),
    "caf": b"caff\0\1\0\0" + _chunk(">4sQ", b"desc", bytes(32))
    + _chunk(">4sQ", b"data", bytes(4) + SOUND),
    "8svx": b"FORM\0\0\0\0008SVX" + _chunk(">4sI", b"VHDR", bytes(21)) + b"\0"
    + _chunk(">4sI", b"BODY", SOUND),
    "dsdiff": b"FRM8" + bytes(12) + _chunk(">4sQ", b"PROP", bytes(6))
    + _chunk(">4sQ", b"DSD ", SOUND),
    "au": b".snd" + struct.pack(">II", 28, len(SOUND)) + bytes(16) + SOUND,
    "sox": b".SoX" + struct.pack("<IQ", 36, len(SOUND) // 4) + bytes(24) + SOUND,
    "sphere": (
        b"NIST_1A\n   1024\nsample_count -i 50\nsample_n_bytes -i 2\nchannel_count -i 2\nend_head\n"
    ).ljust(1024) + SOUND,
    "realmedia": _chunk(">4sI", b".RMF", bytes(10), more_bytes=8)
    + _chunk(">4sI", b"DATA", SOUND, more_bytes=8),
    "voc": b"Creative Voice File\x1a\x1a\0\x0a\1\x29\x11" + b"\x09\xc8\0\0" + SOUND + b"\0",
}  # fmt: skip


@pytest.mark.parametrize("container", WHOLE)
@pytest.mark.parametrize("offset", [0, 11])
def test_find_compares_stated_bytes_with_those_found(
    tmp_path: Path, container: str, offset: int
) -> None:
    path = tmp_path / "call"
    path.write_bytes(bytes(offset) + WHOLE[container])
    assert find(path, container=container, offset=offset) == DataChunk(200, 200)
    path.write_bytes(bytes(offset) + WHOLE[container][:-101])
    chunk = find(path, container=container, offset=offset)
    assert chunk is not None
    assert chunk.stated_bytes == 200
    assert 99 <= chunk.found_bytes <= 100
    assert chunk.stated_s(found_s=1.0) == pytest.approx(2.0, rel=0.02)


@pytest.mark.parametrize(
    ("container", "unknown"),
    [
        ("wav", struct.pack("<I", 0xFFFF_FFFF)),
        ("wav", struct.pack("<I", 0)),
        ("caf", struct.pack(">q", -1)),
        ("au", struct.pack(">I", 0xFFFF_FFFF)),
    ],
)
def test_find_returns_none_for_an_unknown_size(
    tmp_path: Path, container: str, unknown: bytes
) -> None:
    content = WHOLE[container]
    at = 8 if container == "au" else content.index(b"data") + 4
    path = tmp_path / "call"
    path.write_bytes(content[:at] + unknown + content[at + len(unknown) :])
    assert find(path, container=container) is None


@pytest.mark.parametrize("container", [*WHOLE, "ogg"])
@pytest.mark.parametrize("size_bytes", [0, 4, 16, 26])
def test_find_returns_none_for_a_header_that_is_cut(
    tmp_path: Path, container: str, size_bytes: int
) -> None:
    path = tmp_path / "call"
    path.write_bytes(WHOLE.get(container, b"OggS")[:size_bytes])
    assert find(path, container=container) is None


def test_voc_of_several_blocks_states_no_size_but_marks_its_end(tmp_path: Path) -> None:
    path = tmp_path / "call.voc"
    whole = WHOLE["voc"][:-1] + b"\x02\xc8\0\0" + SOUND + b"\0"
    path.write_bytes(whole)
    assert find(path, container="voc") is None
    assert voc_has_end(path, 0)
    for missing in (1, 50):
        path.write_bytes(whole[:-missing])
        assert not voc_has_end(path, 0)
