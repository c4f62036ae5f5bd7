"""Recordings that need a key, and the names of their encryption."""

import io
import struct
import subprocess
from pathlib import Path

import pytest

from tests.support.recordings import ffmpeg_path
from whisperfarm_contract.media import encryption, recognize

KEY = "76a6c65c5ea762046bd749a2e632ccbb"
CENC = ("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", KEY, "-encryption_kid", KEY)


def _make(path: Path, *how: str) -> Path:
    source = ["-f", "lavfi", "-i", "sine=duration=0.5", "-c:a", "aac"]
    subprocess.run([ffmpeg_path(), "-v", "error", "-y", *source, *how, path], check=True)
    return path


def _find(content: bytes) -> str | None:
    file = io.BytesIO(content)
    return encryption.find(file, recognize(file), size_bytes=len(content))


@pytest.mark.parametrize("how", [[], ["-movflags", "+faststart"]], ids=["end", "start"])
def test_encrypted_mp4_is_found_wherever_the_index_is(tmp_path: Path, how: list[str]) -> None:
    encrypted = _make(tmp_path / "x.mp4", *CENC, *how).read_bytes()
    assert _find(encrypted) == "Common Encryption, cenc"
    assert _find(encrypted.replace(b"cenc", b"cbcs")) == "Common Encryption, cbcs"
    assert _find(encrypted.replace(b"cenc", b"abcd")) == "an unknown scheme"
    assert _find(_make(tmp_path / "y.mp4", *how).read_bytes()) is None


@pytest.mark.parametrize(("kind", "name"), [(b"drms", "FairPlay"), (b"aavd", "Audible")])
def test_protected_purchases_are_named(tmp_path: Path, kind: bytes, name: str) -> None:
    content = _make(tmp_path / "x.m4a").read_bytes()
    assert _find(content.replace(b"mp4a", kind, 1)) == name


def test_older_format_of_audible_is_named() -> None:
    assert _find(struct.pack(">II", 5_000, 0x57907536) + bytes(5_000)) == "Audible"


@pytest.mark.parametrize(
    ("guid", "name"),
    [
        ("fbb3112223bdd211b4b700a0c955fc6e", "Windows Media DRM"),
        ("14e68a292226174cb935dae07ee9289c", "Windows Media DRM"),
        ("338505438169e6499b74ad12cb86d58c", "an advanced encryption of ASF"),
    ],
)
def test_encrypted_asf_is_named(tmp_path: Path, guid: str, name: str) -> None:
    content = _make(tmp_path / "x.wma", "-c:a", "wmav2").read_bytes()
    assert _find(content) is None
    encrypted = bytes.fromhex(guid) + struct.pack("<Q", 32) + bytes(8)
    (size,) = struct.unpack_from("<Q", content, 16)
    header = content[:16] + struct.pack("<Q", size + 32) + content[24:size] + encrypted
    assert _find(header + content[size:]) == name
    assert _find(content + bytes.fromhex(guid)) is None


def _element(name: str, content: bytes) -> bytes:
    return bytes.fromhex(name) + struct.pack(">I", len(content) | 0x1000_0000) + content


def _matroska(*tracks: bytes, known: bool = True) -> bytes:
    start = _element("1a45dfa3", b"") + bytes.fromhex("18538067")
    content = _element("1549a966", bytes(9)) + _element("1654ae6b", b"".join(tracks))
    size = struct.pack(">I", len(content) | 0x1000_0000) if known else b"\x01" + b"\xff" * 7
    return start + size + content


ENCRYPTED = _element("6d80", _element("6240", _element("5035", b"")))
COMPRESSED = _element("6d80", _element("6240", _element("5034", b"")))
AUDIO, PICTURE = _element("83", b"\x02"), _element("83", b"\x01")
PLAIN_TRACK, ENCRYPTED_TRACK = _element("ae", AUDIO), _element("ae", AUDIO + ENCRYPTED)


@pytest.mark.parametrize("known", [True, False])
def test_encrypted_matroska_is_named(known: bool) -> None:
    name = "Matroska ContentEncryption"
    picture = _element("ae", PICTURE)
    assert _find(_matroska(picture, ENCRYPTED_TRACK, known=known)) == name
    assert _find(_matroska(PLAIN_TRACK, ENCRYPTED_TRACK, known=known)) is None
    assert _find(_matroska(_element("ae", AUDIO + COMPRESSED), known=known)) is None
    assert _find(_matroska(_element("ae", PICTURE + ENCRYPTED), PLAIN_TRACK, known=known)) is None


def test_matroska_of_ffmpeg_is_not_encrypted(tmp_path: Path) -> None:
    assert _find(_make(tmp_path / "x.mkv").read_bytes()) is None


def _scramble(content: bytes) -> bytes:
    """Set the bits for scrambled content in all packets that are not tables."""
    packets = bytearray(content)
    for at in range(0, len(packets), 188):
        if (packets[at + 1] & 0x1F) << 8 | packets[at + 2] == 0x100:
            packets[at + 3] |= 0x80
    return bytes(packets)


def test_encrypted_transport_stream_is_named(tmp_path: Path) -> None:
    content = _make(tmp_path / "x.ts").read_bytes()
    assert _find(content) is None
    assert _find(_scramble(content)) == "scrambled packets of a transport stream"
    assert _find(bytes(100) + _scramble(content)) == "scrambled packets of a transport stream"
    sample_aes = content.replace(b"\x0f\xe1\x00\xf0", b"\xcf\xe1\x00\xf0")
    assert sample_aes != content
    assert _find(sample_aes) == "HLS Sample-AES"


@pytest.mark.parametrize("kind", ["mp4", "matroska", "mpeg-ts", "asf"])
def test_damaged_files_are_not_taken_for_encrypted(tmp_path: Path, kind: str) -> None:
    whole = {
        "mp4": _make(tmp_path / "x.mp4", *CENC).read_bytes(),
        "matroska": _matroska(ENCRYPTED_TRACK),
        "mpeg-ts": _scramble(_make(tmp_path / "x.ts").read_bytes()),
        "asf": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"),
    }[kind]
    for end in (0, 7, 40):
        assert _find(whole[:end]) is None


@pytest.mark.parametrize(
    "repeated", [b"\0\0\0\x08ftyp", b"\x1a\x45\xdf\xa3\x80", b"G\x01\x00\x10" + bytes(184)]
)
def test_check_ends_soon_for_a_malicious_file(repeated: bytes) -> None:
    assert _find(repeated * 100_000) is None
