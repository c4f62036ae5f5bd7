"""Containers whose end is missing."""

import struct
from pathlib import Path

import pytest

from whisperfarm_worker.pipeline.audio.container_end import ASF_FILE_PROPERTIES, is_missing


def _flv_tag(time_ms: int, content: bytes) -> bytes:
    time = time_ms.to_bytes(4, "big")
    size = len(content).to_bytes(3, "big")
    tag = b"\x08" + size + time[1:] + time[:1] + bytes(3) + content
    return tag + len(tag).to_bytes(4, "big")


def _mxf(footer: int) -> bytes:
    key = bytes.fromhex("060e2b34020501010d0102010102") + b"\x04\0"
    return key + b"\x83\0\0\x88" + bytes(24) + struct.pack(">Q", footer) + bytes(300)


WHOLE = {
    "avi": b"RIFF\x68\0\0\0" + bytes(104) + b"RIFF\x28\0\0\0" + bytes(40),
    "flv": b"FLV\x01\x05\0\0\0\x09\0\0\0\0" + _flv_tag(0, bytes(40)) + _flv_tag(9_900, bytes(80)),
    "asf": ASF_FILE_PROPERTIES + bytes(24) + struct.pack("<Q", 200) + bytes(152),
    "mxf": _mxf(340),
    "gxf": bytes(200) + bytes.fromhex("0000000001fb") + bytes(10),
    "matroska": b"\x1a\x45\xdf\xa3\x84" + bytes(4) + b"\x18\x53\x80\x67\x40\xc8" + bytes(200),
}  # fmt: skip


def _is_missing(tmp_path: Path, container: str, content: bytes) -> bool:
    path = tmp_path / "film"
    path.write_bytes(content)
    return is_missing(path, container=container, stated_s=10.0)


@pytest.mark.parametrize("container", WHOLE)
def test_missing_end_is_found(tmp_path: Path, container: str) -> None:
    assert not _is_missing(tmp_path, container, WHOLE[container])
    for cut in (20, len(WHOLE[container]) // 2):
        assert _is_missing(tmp_path, container, WHOLE[container][:-cut])


def test_flv_that_is_cut_between_tags_ends_too_early(tmp_path: Path) -> None:
    assert _is_missing(tmp_path, "flv", WHOLE["flv"][:-95])


@pytest.mark.parametrize(
    ("container", "content"),
    [
        ("avi", b"RIFF" + bytes(100)),
        ("mxf", _mxf(0)),
        ("matroska", b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + bytes(100)),
        ("mpeg-ts", bytes(188)),
        ("asf", b""),
        ("mxf", b""),
        ("matroska", b""),
    ],
)
def test_container_that_states_no_size_misses_nothing(
    tmp_path: Path, container: str, content: bytes
) -> None:
    assert not _is_missing(tmp_path, container, content)
