"""Fragments without the header of their stream are named as such."""

import io

import pytest

from whisperfarm_contract.media import SNIFF_BYTES, missing_header, recognize


def _page(flags: int, content: bytes = b"opus") -> bytes:
    return b"OggS\0" + bytes([flags]) + bytes(20) + bytes([1, len(content)]) + content


def _found(data: bytes) -> str:
    file = io.BytesIO(data)
    return missing_header.find(file, recognize(file)) or ""


@pytest.mark.parametrize("flags", [0, 1, 4, 5])
def test_ogg_without_a_first_page_has_no_header(flags: int) -> None:
    assert "middle of an Ogg stream" in _found(_page(flags) + _page(0))


@pytest.mark.parametrize(
    "data",
    [
        _page(2),
        _page(6),
        _page(0) + _page(2),
        _page(0) + bytes(SNIFF_BYTES),
        b"\x1a\x45\xdf\xa3" + bytes(60),
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"",
        b"text",
    ],
)
def test_files_with_a_header_or_of_other_kinds_pass(data: bytes) -> None:
    assert not _found(data)


def test_cluster_of_webm_alone_has_no_header() -> None:
    assert "WebM or Matroska" in _found(b"\x1f\x43\xb6\x75\x01" + bytes(200))
