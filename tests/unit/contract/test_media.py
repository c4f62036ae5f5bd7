import shutil
import subprocess
from pathlib import Path

import pytest

from whisperfarm_contract.media import CONTAINERS, SNIFF_BYTES, sniff

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
"""A container and how ffmpeg writes one; amr is not written by every build."""


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    found = shutil.which("ffmpeg")
    if found:
        return found
    import imageio_ffmpeg

    return imageio_ffmpeg.get_ffmpeg_exe()


@pytest.fixture(scope="session")
def written(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One file per container, all written by one run of ffmpeg, all with a wrong name."""
    folder = tmp_path_factory.mktemp("media")
    files = {name: folder / f"{name}.bin" for name in MADE_BY_FFMPEG}
    source = ["-f", "lavfi", "-i", "sine=duration=0.5:sample_rate=44100"]
    outputs = [arg for name, how in MADE_BY_FFMPEG.items() for arg in (*how, str(files[name]))]
    subprocess.run([ffmpeg, "-v", "error", *source, *outputs], check=True)
    return files


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
