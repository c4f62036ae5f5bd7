import io
import struct
import subprocess
from pathlib import Path

import pytest

from tests.servers.siprec import with_second_header
from tests.support.recordings import ffmpeg_path, wav
from whisperfarm_contract.options import Options
from whisperfarm_dispatcher.submission import probe
from whisperfarm_dispatcher.submission.probe import Duration

READS_OF_RECOGNITION = 50


def find(data: bytes, options: Options | None = None) -> Duration | None:
    return probe.duration(io.BytesIO(data), options or Options(), size_bytes=len(data))


def duration_s(data: bytes, options: Options | None = None) -> float | None:
    found = find(data, options)
    return None if found is None else found.seconds


@pytest.mark.parametrize(("rate_hz", "channels"), [(8000, 1), (16000, 2), (44100, 2)])
def test_probe_reads_the_duration_of_a_wav(rate_hz: int, channels: int) -> None:
    found = find(wav(seconds=2.5, rate_hz=rate_hz, channels=channels))
    assert found is not None
    assert (found.seconds, found.channels) == (pytest.approx(2.5), channels)


def test_probe_ignores_an_unfinished_header() -> None:
    audio = bytearray(wav(seconds=2))
    audio[40:44] = struct.pack("<I", 0xFFFFFFFF)
    assert duration_s(bytes(audio)) == pytest.approx(2, abs=0.01)


def test_probe_measures_a_wav_whose_header_says_zero() -> None:
    audio = bytearray(wav(seconds=2))
    audio[40:44] = struct.pack("<I", 0)
    assert duration_s(bytes(audio)) == 2
    assert duration_s(bytes(audio[:44])) is None


def test_probe_corrects_the_duration_by_the_sample_rate() -> None:
    audio = wav(seconds=2, rate_hz=16000)
    assert duration_s(audio, Options(sample_rate=8000)) == pytest.approx(4)


@pytest.mark.parametrize(
    ("encoding", "expected"), [("s16le", 2.0), ("mulaw", 4.0), ("alaw", 4.0), ("vox", 8.0)]
)
def test_probe_measures_headerless_audio_by_its_size(encoding: str, expected: float) -> None:
    assert duration_s(bytes(32000), Options(encoding=encoding, sample_rate=8000)) == expected


def test_probe_measures_headerless_audio_of_a_fixed_rate() -> None:
    assert find(bytes(8000), Options(encoding="g722")) == Duration(1.0, is_estimated=False)
    assert find(bytes(1650), Options(encoding="gsm")) == Duration(1.0, is_estimated=False)


@pytest.mark.parametrize(
    "data", [b"", b"no audio at all", b"RIFF\x24\x00\x00\x00WAVEfmt ", b"OggS"]
)
def test_probe_returns_none_for_unreadable_files(data: bytes) -> None:
    assert duration_s(data) is None


def test_probe_does_not_read_aac_as_mp3() -> None:
    frame_of_mp3 = b"\xff\xfb\x90\x64" + bytes(413)
    assert duration_s(frame_of_mp3 * 10) == pytest.approx(0.26, abs=0.01)
    frame_of_aac = b"\xff\xf1\x60\x40\x40\x3f\xfc" + bytes(506)
    aac = frame_of_aac * 4 + frame_of_mp3  # by coincidence
    assert duration_s(aac) == pytest.approx(4.8 * 1024 / 16_000, abs=0.02)


def test_probe_stops_after_the_maximum_number_of_reads() -> None:
    file = CountingFile(b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(8 << 20))
    assert probe.duration(file, Options(), size_bytes=8 << 20) is None
    assert file.reads <= probe.MAX_READS + READS_OF_RECOGNITION


def test_probe_does_not_read_a_huge_chunk() -> None:
    header = b"RIFF" + struct.pack("<I", 1 << 30) + b"WAVEfmt " + struct.pack("<I", 1 << 30)
    file = CountingFile(header + bytes(4 << 20))
    assert probe.duration(file, Options(), size_bytes=1 << 30) is None
    assert file.most_bytes <= probe.MAX_READ_BYTES


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_probe_measures_a_wav_written_to_a_pipe(size: int) -> None:
    audio = bytearray(b"RIFF\xff\xff\xff\xffWAVELIST" + struct.pack("<I", 200_000) + bytes(200_000))
    plain = wav(seconds=3, rate_hz=8000)
    audio += plain[12:40] + struct.pack("<I", size) + plain[44:]
    assert find(bytes(audio)) == Duration(3.0, is_estimated=False)


@pytest.mark.parametrize("rate_hz", [None, 16_000])
def test_probe_believes_the_inner_of_two_wav_headers(rate_hz: int | None) -> None:
    call = with_second_header(wav(seconds=3, rate_hz=8000, channels=2), rate_hz=16_000)
    found = find(call, Options(sample_rate=rate_hz))
    assert found is not None
    assert (found.seconds, found.channels) == (3.0, 2)


def test_probe_measures_rf64_by_its_64_bit_size() -> None:
    plain = wav(seconds=3, rate_hz=8000)
    sizes = b"ds64" + struct.pack("<IQQQI", 28, 0, 48_000, 0, 0)
    unknown = b"\xff\xff\xff\xff"
    audio = b"RF64" + unknown + b"WAVE" + sizes + plain[12:40] + unknown + plain[44:] + bytes(9000)
    assert find(audio) == Duration(3.0, is_estimated=False)


def test_probe_only_estimates_a_compressed_wav() -> None:
    audio = bytearray(wav(seconds=2))
    audio[20:22] = struct.pack("<H", 0x55)  # MP3
    assert find(bytes(audio)) is None


def test_probe_marks_the_duration_of_a_header_as_estimated() -> None:
    frame = b"\xff\xfb\x90\x64" + bytes(413)
    found = find(frame * 100)
    assert found is not None
    assert found.is_estimated


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("talk") / "talk.wav"
    noise = "anoisesrc=duration=20:sample_rate=44100:amplitude=0.2:seed=1"
    _ffmpeg("-f", "lavfi", "-i", noise, file)
    return file


def _ffmpeg(*args: str | Path) -> None:
    subprocess.run([ffmpeg_path(), "-v", "error", "-y", *args], check=True)


def _encoded(talk: Path, name: str, *how: str) -> bytes:
    file = talk.with_name(name)
    _ffmpeg("-i", talk, *how, file)
    return file.read_bytes()


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("vorbis.ogg", ["-c:a", "libvorbis", "-q", "8"]),
        ("alac.m4a", ["-c:a", "alac"]),
        ("aac.m4a", ["-c:a", "aac"]),
        ("opus.ogg", ["-c:a", "libopus"]),
        ("x.flac", []),
        ("vbr.mp3", ["-c:a", "libmp3lame", "-q:a", "4"]),
        ("bare.mp3", ["-c:a", "libmp3lame", "-q:a", "4", "-write_xing", "0"]),
        ("x.aac", ["-f", "adts"]),
        ("x.ac3", ["-ar", "48000"]),
    ],
)
def test_estimate_is_close_to_the_duration(talk: Path, name: str, how: list[str]) -> None:
    found = find(_encoded(talk, name, *how))
    assert found is not None
    assert found.is_estimated
    assert found.seconds == pytest.approx(20, rel=0.1)


def test_estimate_does_not_trust_the_first_frames(talk: Path) -> None:
    plain = ("-c:a", "libmp3lame", "-write_xing", "0", "-ar", "22050")
    quiet, loud = (_encoded(talk, f"{k}k.mp3", *plain, "-b:a", f"{k}k") for k in (8, 160))
    found = find(quiet + loud * 5)
    assert found is not None
    assert found.seconds == pytest.approx(120, rel=0.25)


def test_estimate_does_not_trust_the_header_of_the_first_part(talk: Path) -> None:
    first, second = (
        _encoded(talk, f"{rate}.mp3", "-c:a", "libmp3lame", "-ar", str(rate))
        for rate in (22050, 44100)
    )
    found = find(first + second)
    assert found is not None
    assert found.seconds == pytest.approx(40, rel=0.25)


class CountingFile(io.BytesIO):
    """A file that counts reads."""

    reads = 0
    most_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        data = super().read(size)
        self.most_bytes = max(self.most_bytes, len(data))
        return data
