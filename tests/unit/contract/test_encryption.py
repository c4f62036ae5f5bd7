import subprocess
from pathlib import Path

import pytest

from tests.support.recordings import ffmpeg_path
from whisperfarm_contract.media.encryption import is_encrypted

KEY = "76a6c65c5ea762046bd749a2e632ccbb"
ENCRYPTION = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", KEY, "-encryption_kid", KEY]


def _mp4(path: Path, *how: str) -> Path:
    source = ["-f", "lavfi", "-i", "sine=duration=0.5", "-c:a", "aac", "-f", "mp4"]
    subprocess.run([ffmpeg_path(), "-v", "error", *source, *how, path], check=True)
    return path


def _is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return is_encrypted(file, start=0, size_bytes=path.stat().st_size)


@pytest.mark.parametrize("how", [[], ["-movflags", "+faststart"]], ids=["end", "start"])
def test_encrypted_sound_is_found_wherever_the_index_is(tmp_path: Path, how: list[str]) -> None:
    assert _is_encrypted(_mp4(tmp_path / "x.mp4", *ENCRYPTION, *how))
    assert not _is_encrypted(_mp4(tmp_path / "y.mp4", *how))


def test_protected_purchases_are_encrypted(tmp_path: Path) -> None:
    path = _mp4(tmp_path / "x.m4p")
    path.write_bytes(path.read_bytes().replace(b"mp4a", b"drms", 1))
    assert _is_encrypted(path)


def test_encryption_check_survives_damage(tmp_path: Path) -> None:
    whole = _mp4(tmp_path / "x.mp4", *ENCRYPTION).read_bytes()
    path = tmp_path / "damaged.mp4"
    for end in (0, 7, 40, len(whole) // 2):
        path.write_bytes(whole[:end])
        assert not _is_encrypted(path)
    path.write_bytes(b"\0\0\0\x08ftyp" * 1_000_000)
    assert not _is_encrypted(path)
