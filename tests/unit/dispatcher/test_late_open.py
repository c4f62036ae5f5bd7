import io
import os
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pytest

from whisperfarm_contract.options import Options
from whisperfarm_dispatcher.submission import probe
from whisperfarm_dispatcher.submission.lazy_file import LateOpen

DATA = bytes(range(200))


class Store:
    """Counts how often its one file is opened, and how often it is closed."""

    def __init__(self, data: bytes = DATA) -> None:
        self.data, self.opened, self.closed = data, 0, 0

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        self.opened += 1
        yield io.BytesIO(self.data)
        self.closed += 1

    def late(self, head_bytes: int) -> LateOpen:
        return LateOpen(self.data[:head_bytes], self.open, size_bytes=len(self.data))


def test_what_lies_in_the_head_opens_nothing() -> None:
    store = Store()
    with store.late(100) as file:
        assert file.read(60) == DATA[:60]
        assert file.read(40) == DATA[60:100]
        assert file.tell() == 100
    assert store.opened == 0


def test_what_lies_behind_the_head_opens_the_file_once() -> None:
    store = Store()
    with store.late(100) as file:
        file.seek(90)
        assert file.read(20) == DATA[90:110]
        assert file.read(20) == DATA[110:130]
        assert file.read() == DATA[130:]
    assert (store.opened, store.closed) == (1, 1)


@pytest.mark.parametrize("size", [1, 1000, -1, 0])
def test_at_the_end_there_is_nothing_to_read_and_nothing_is_opened(size: int) -> None:
    store = Store()
    with store.late(100) as file:
        assert file.seek(0, os.SEEK_END) == len(DATA)
        assert file.read(size) == b""
    assert store.opened == 0


def test_it_moves_as_files_do() -> None:
    file, plain = Store().late(50), io.BytesIO(DATA)
    for offset, whence in [(40, os.SEEK_SET), (20, os.SEEK_CUR), (-10, os.SEEK_END)]:
        assert file.seek(offset, whence) == plain.seek(offset, whence)
        assert file.read(7) == plain.read(7)
        assert file.tell() == plain.tell()


def test_the_length_of_a_wav_is_told_from_its_head() -> None:
    audio = io.BytesIO()
    with wave.open(audio, "wb") as writer:
        writer.setparams((1, 2, 16000, 0, "NONE", ""))
        writer.writeframes(bytes(320000))
    store = Store(audio.getvalue())
    with store.late(4096) as file:
        assert probe.seconds(file, Options(), size_bytes=len(store.data)) == pytest.approx(10)
    assert store.opened == 0
