import io
import random
import subprocess
from pathlib import Path

import pytest

from tests.servers.siprec import with_second_header
from tests.support.recordings import ffmpeg_path, wav
from whisperfarm_contract.media import CONTAINERS, SNIFF_BYTES, Container, Recognized, recognize

MADE_BY_FFMPEG = {
    "wav": ["-f", "wav"],
    "aiff": ["-f", "aiff"],
    "w64": ["-f", "w64"],
    "flac": ["-f", "flac"],
    "ogg": ["-f", "ogg", "-c:a", "flac"],
    "matroska": ["-f", "matroska", "-c:a", "pcm_s16le"],
    "mp4": ["-f", "mp4", "-c:a", "aac"],
    "asf": ["-f", "asf", "-c:a", "wmav2"],
    "flv": ["-f", "flv", "-c:a", "adpcm_swf", "-ar", "22050"],
    "au": ["-f", "au"],
    "caf": ["-f", "caf"],
    "avi": ["-f", "avi"],
    "mpeg-ps": ["-f", "vob", "-c:a", "mp2"],
    "mpeg-ts": ["-f", "mpegts", "-c:a", "aac"],
    "aac": ["-f", "adts", "-c:a", "aac"],
    "mp3": ["-f", "mp2", "-c:a", "mp2"],
}
"""A container and ffmpeg's options for it; some builds of ffmpeg cannot write amr."""


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    return ffmpeg_path()


@pytest.fixture(scope="session")
def written(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write one file per container, all in one run of ffmpeg and with a wrong extension."""
    folder = tmp_path_factory.mktemp("media")
    files = {name: folder / f"{name}.bin" for name in MADE_BY_FFMPEG}
    source = ["-f", "lavfi", "-i", "sine=duration=0.5:sample_rate=44100"]
    outputs = [arg for name, how in MADE_BY_FFMPEG.items() for arg in (*how, str(files[name]))]
    subprocess.run([ffmpeg, "-v", "error", *source, *outputs], check=True)
    return files


def sniff(head: bytes) -> Container | None:
    found = recognize(io.BytesIO(head))
    return None if found is None else found.container


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(SNIFF_BYTES)


@pytest.mark.parametrize("name", MADE_BY_FFMPEG)
def test_sniff_recognizes_a_container_by_its_first_bytes(
    written: dict[str, Path], name: str
) -> None:
    assert sniff(_head(written[name])) == CONTAINERS[name]


def test_ffmpeg_reads_each_container_with_its_demuxer(
    ffmpeg: str, written: dict[str, Path]
) -> None:
    for name, path in written.items():
        demuxer = CONTAINERS[name].demuxer
        subprocess.run(
            [ffmpeg, "-v", "error", "-f", demuxer, "-i", path, "-f", "null", "-"], check=True
        )


def test_sniff_recognizes_amr_and_tagged_mp3() -> None:
    assert sniff(b"#!AMR\n") == CONTAINERS["amr"]
    assert sniff(b"ID3\x04\x00") == CONTAINERS["mp3"]
    assert sniff(b"\xff\xfb\x90\x64" + bytes(400)) == CONTAINERS["mp3"]


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x00" * SNIFF_BYTES,
        b"Good morning, this is a letter.",
        "Good morning".encode("utf-16"),
        "Good morning".encode("utf-8-sig"),
        b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b'<?xml version="1.0"?><MPD></MPD>',
        b"RIFF\x24\x00\x00\x00WEBP",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"\xff",
        b"\xff\xfb",
    ],
)
def test_sniff_returns_none_for_anything_else(head: bytes) -> None:
    assert sniff(head) is None


def _ffmpeg(ffmpeg: str, *args: str | Path) -> None:
    subprocess.run([ffmpeg, "-v", "error", "-y", *args], check=True)


ID3 = b"ID3\x03\0\0\0\0\0\x0a" + bytes(10)
ID3_WITH_FOOTER = b"ID3\x04\0\x10\0\0\x01\0" + bytes(128) + b"3DI\x04\0\x10\0\0\x01\0"
APE = b"APETAGEX" + (2000).to_bytes(4, "little") + (64).to_bytes(4, "little") + bytes(16 + 64)


@pytest.mark.parametrize("tags", [ID3, ID3 * 2, ID3_WITH_FOOTER, APE + ID3], ids=len)
@pytest.mark.parametrize("name", ["wav", "flac", "ogg", "aac", "mp3"])
def test_recognize_skips_tags(written: dict[str, Path], name: str, tags: bytes) -> None:
    found = recognize(io.BytesIO(tags + written[name].read_bytes()))
    assert found == Recognized(CONTAINERS[name], len(tags))


def test_recognize_reads_a_bounded_number_of_tags() -> None:
    file = CountingFile(ID3 * 100_000)
    assert recognize(file) == Recognized(CONTAINERS["mp3"])
    assert file.reads < 100


class CountingFile(io.BytesIO):
    """A file that counts its reads."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        return super().read(size)


STUDIO = {
    "mxf": ["-f", "mxf", "-c:v", "mpeg2video", "-c:a", "pcm_s16le"],
    "gxf": ["-f", "gxf", "-c:v", "mpeg2video", "-s", "720x512", "-c:a", "pcm_s16le"],
    "ac3": ["-f", "ac3"],
    "eac3": ["-f", "eac3"],
    "dts": ["-f", "dts", "-strict", "-2"],
    "wavpack": ["-f", "wv"],
    "tta": ["-f", "tta"],
    "voc": ["-f", "voc", "-c:a", "pcm_s16le"],
    "loas": ["-f", "latm", "-c:a", "aac"],
    "nut": ["-f", "nut", "-c:a", "pcm_s16le"],
    "sox": ["-f", "sox"],
    "wtv": ["-f", "wtv", "-c:a", "mp2"],
    "realmedia": ["-f", "rm", "-c:a", "ac3"],
}
"""Containers of broadcasters and studios, and how ffmpeg writes them."""


@pytest.fixture(scope="session")
def studio(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("studio")
    files = {name: folder / f"{name}.bin" for name in STUDIO}
    inputs = ["-f", "lavfi", "-i", "sine=duration=0.5:sample_rate=48000"]
    picture = ["-f", "lavfi", "-i", "color=s=720x576:r=25:d=0.5"]
    outputs: list[str | Path] = []
    for name, how in STUDIO.items():
        maps = ["-map", "1:v", "-map", "0:a"] if "-c:v" in how else ["-map", "0:a"]
        outputs += [*maps, *how, files[name]]
    _ffmpeg(ffmpeg, *inputs, *picture, *outputs)
    return files


@pytest.mark.parametrize("name", STUDIO)
def test_recognize_knows_formats_of_studios(
    ffmpeg: str, studio: dict[str, Path], name: str
) -> None:
    with studio[name].open("rb") as file:
        assert recognize(file) == Recognized(CONTAINERS[name])
    _decode(ffmpeg, studio[name], CONTAINERS[name].demuxer)


def _decode(ffmpeg: str, path: Path, demuxer: str, offset: int = 0) -> None:
    skip = ["-skip_initial_bytes", str(offset)]
    _ffmpeg(ffmpeg, "-f", demuxer, *skip, "-i", path, "-map", "0:a", "-f", "null", "-")


CUT = {
    "mp3": ["-f", "mp3", "-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0"],
    "aac": ["-f", "adts", "-c:a", "aac"],
    "ac3": ["-f", "ac3"],
    "eac3": ["-f", "eac3"],
    "dts": ["-f", "dts", "-strict", "-2"],
    "mpeg-ts": ["-f", "mpegts", "-c:a", "aac"],
    "mpeg-ps": ["-f", "vob", "-c:a", "mp2"],
}
"""Streams that a recorder may cut anywhere."""


@pytest.fixture(scope="session")
def streams(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("streams")
    files = {name: folder / f"{name}.bin" for name in CUT}
    outputs = [arg for name, how in CUT.items() for arg in (*how, files[name])]
    _ffmpeg(ffmpeg, "-f", "lavfi", "-i", "sine=duration=3:sample_rate=48000", *outputs)
    return files


@pytest.mark.parametrize("change", ["cut", "zeros"])
@pytest.mark.parametrize("name", CUT)
def test_recognize_finds_the_first_frame(
    ffmpeg: str, streams: dict[str, Path], tmp_path: Path, name: str, change: str
) -> None:
    whole = streams[name].read_bytes()
    part = whole[100:] if change == "cut" else bytes(1000) + whole
    found = recognize(io.BytesIO(part))
    assert found is not None
    assert found.container == CONTAINERS[name]
    assert found.offset == 1000 if change == "zeros" else 0 < found.offset < 4096
    path = tmp_path / "part"
    path.write_bytes(part)
    _decode(ffmpeg, path, found.container.demuxer, found.offset)


def test_recognize_finds_packets_of_all_sizes() -> None:
    for extra, before in ((4, True), (16, False)):
        packets = [b"\x47" + bytes(187)] * 20
        wide = [bytes(extra) + one if before else one + bytes(extra) for one in packets]
        found = recognize(io.BytesIO(b"".join(wide)[50:]))
        assert found is not None
        assert found.container == CONTAINERS["mpeg-ts"]


def test_recognize_rejects_noise() -> None:
    noise = random.Random(1)
    assert [recognize(io.BytesIO(noise.randbytes(SNIFF_BYTES))) for _ in range(20)] == [None] * 20


FORBIDDEN = {
    "concat",
    "hls",
    "dash",
    "image2",
    "image2pipe",
    "sdp",
    "rtsp",
    "rtp",
    "ffmetadata",
    "imf",
    "lavfi",
}


def test_no_container_has_a_demuxer_that_opens_other_files() -> None:
    assert not {one.demuxer for one in CONTAINERS.values()} & FORBIDDEN


@pytest.mark.parametrize("cut", [20, 44, 50, 56])
def test_second_header_is_skipped_once_the_inner_one_is_there(cut: int) -> None:
    call = with_second_header(wav(seconds=0.1))[:cut]
    assert recognize(io.BytesIO(call)) == Recognized(
        CONTAINERS["wav"], *((44, True) if cut >= 56 else (0, False))
    )


def test_stream_of_loas_starts_at_its_first_silent_frame() -> None:
    silent = b"\x56\xe0\x06" + b"\x00\x1d\x00\xb4\x01\x18"
    found = recognize(io.BytesIO(8 * silent))
    assert found == Recognized(CONTAINERS["loas"])
