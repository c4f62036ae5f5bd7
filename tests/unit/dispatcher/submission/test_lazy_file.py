import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pytest

from tests.support.recordings import wav
from whisperfarm_contract.media import SNIFF_BYTES
from whisperfarm_contract.options import Options
from whisperfarm_dispatcher.submission import probe
from whisperfarm_dispatcher.submission.lazy_file import LazyFile
from whisperfarm_dispatcher.submission.probe import Duration
from whisperfarm_dispatcher.submission.storage import HEAD_BYTES

DATA = bytes(range(200))


class Store:
    """A blob store that counts how often its one file is opened and closed."""

    def __init__(self, data: bytes = DATA) -> None:
        self.data, self.opened, self.closed = data, 0, 0

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        self.opened += 1
        yield io.BytesIO(self.data)
        self.closed += 1

    def late(self, head_bytes: int) -> LazyFile:
        return LazyFile(self.data[:head_bytes], self.open, size_bytes=len(self.data))


def test_read_within_the_head_opens_nothing() -> None:
    store = Store()
    with store.late(100) as file:
        assert file.read(60) == DATA[:60]
        assert file.read(40) == DATA[60:100]
        assert file.tell() == 100
    assert store.opened == 0


def test_read_past_the_head_opens_the_file_once() -> None:
    store = Store()
    with store.late(100) as file:
        file.seek(90)
        assert file.read(20) == DATA[90:110]
        assert file.read(20) == DATA[110:130]
        assert file.read() == DATA[130:]
    assert (store.opened, store.closed) == (1, 1)


@pytest.mark.parametrize("size", [1, 1000, -1, 0])
def test_read_at_the_end_opens_nothing(size: int) -> None:
    store = Store()
    with store.late(100) as file:
        assert file.seek(0, os.SEEK_END) == len(DATA)
        assert file.read(size) == b""
    assert store.opened == 0


def test_seek_behaves_like_a_file() -> None:
    file, plain = Store().late(50), io.BytesIO(DATA)
    for offset, whence in [(40, os.SEEK_SET), (20, os.SEEK_CUR), (-10, os.SEEK_END)]:
        assert file.seek(offset, whence) == plain.seek(offset, whence)
        assert file.read(7) == plain.read(7)
        assert file.tell() == plain.tell()


def test_head_bytes_include_the_sniffed_bytes() -> None:
    assert HEAD_BYTES >= SNIFF_BYTES


MP3 = b"\xff\xfb\x90\x64" + bytes(413)
TAG_BYTES = 3 * HEAD_BYTES
TAG = b"ID3\x04\x00\x00" + bytes(TAG_BYTES >> 7 * i & 0x7F for i in (3, 2, 1, 0))
LONG_TAG = TAG + bytes(TAG_BYTES) + MP3 * 2000


@pytest.mark.parametrize("kept", [1, 10, SNIFF_BYTES, HEAD_BYTES, len(LONG_TAG)])
def test_probe_reads_past_a_truncated_head(kept: int) -> None:
    whole = probe.duration(io.BytesIO(LONG_TAG), Options(), size_bytes=len(LONG_TAG))
    with Store(LONG_TAG).late(kept) as file:
        assert probe.duration(file, Options(), size_bytes=len(LONG_TAG)) == whole
    assert whole is not None
    assert whole.seconds == pytest.approx(52, abs=1)


def test_probe_reads_a_wav_from_its_head() -> None:
    store = Store(wav(seconds=10))
    with store.late(4096) as file:
        found = probe.duration(file, Options(), size_bytes=len(store.data))
    assert found == Duration(10.0, is_estimated=False)
    assert store.opened == 0
