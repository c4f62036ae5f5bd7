import io
import struct

import pytest

from tests.support.recordings import wav
from whisperfarm_contract.options import Options
from whisperfarm_dispatcher.submission import probe


def seconds(data: bytes, options: Options | None = None) -> float | None:
    return probe.seconds(io.BytesIO(data), options or Options(), size_bytes=len(data))


@pytest.mark.parametrize(("rate_hz", "channels"), [(8000, 1), (16000, 2), (44100, 2)])
def test_a_wav_tells_its_length(rate_hz: int, channels: int) -> None:
    audio = wav(seconds=2.5, rate_hz=rate_hz, channels=channels)
    assert seconds(audio) == pytest.approx(2.5)


def test_a_header_that_was_never_finished_is_not_believed() -> None:
    audio = bytearray(wav(seconds=2))
    audio[40:44] = struct.pack("<I", 0xFFFFFFFF)
    assert seconds(bytes(audio)) == pytest.approx(2, abs=0.01)


def test_a_length_of_nothing_is_taken_for_unknown() -> None:
    audio = bytearray(wav(seconds=2))
    audio[40:44] = struct.pack("<I", 0)
    assert seconds(bytes(audio)) is None


def test_the_true_rate_counts_where_the_header_has_another() -> None:
    audio = wav(seconds=2, rate_hz=16000)
    assert seconds(audio, Options(sample_rate=8000)) == pytest.approx(4)


@pytest.mark.parametrize(("encoding", "expected"), [("s16le", 2.0), ("mulaw", 4.0), ("alaw", 4.0)])
def test_headerless_audio_is_measured_by_its_size(encoding: str, expected: float) -> None:
    assert seconds(bytes(32000), Options(encoding=encoding, sample_rate=8000)) == expected


@pytest.mark.parametrize(
    "data", [b"", b"no audio at all", b"RIFF\x24\x00\x00\x00WAVEfmt ", b"OggS"]
)
def test_what_can_not_be_read_has_no_known_length(data: bytes) -> None:
    assert seconds(data) is None


def test_aac_is_not_measured_as_if_it_were_mp3() -> None:
    frame_of_mp3 = b"\xff\xfb\x90\x64" + bytes(413)
    assert seconds(frame_of_mp3 * 10) == pytest.approx(0.26, abs=0.01)
    aac = b"\xff\xf1\x60\x40\x40\x3f\xfc" + bytes(505) + frame_of_mp3 * 10  # by chance
    assert seconds(aac) is None


def test_a_file_that_would_be_read_for_ever_is_given_up() -> None:
    file = CountingFile(b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(8 << 20))
    assert probe.seconds(file, Options(), size_bytes=8 << 20) is None
    assert file.reads <= probe.READS


def test_a_chunk_that_would_fill_the_memory_is_not_read() -> None:
    header = b"RIFF" + struct.pack("<I", 1 << 30) + b"WAVEfmt " + struct.pack("<I", 1 << 30)
    file = CountingFile(header + bytes(4 << 20))
    assert probe.seconds(file, Options(), size_bytes=1 << 30) is None
    assert file.most_bytes <= probe.READ_BYTES


class CountingFile(io.BytesIO):
    """A file that counts how it is read."""

    reads = 0
    most_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        data = super().read(size)
        self.most_bytes = max(self.most_bytes, len(data))
        return data
