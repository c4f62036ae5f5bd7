"""A key file is read again when it changes."""

from pathlib import Path

import pytest

from whisperfarm_client.api_key import KeyFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text("first-key\n")
    return file


def test_replaced_file_has_its_new_key(path: Path) -> None:
    key = KeyFile(str(path))
    assert key.read() == "first-key"
    other = path.with_name("new")
    other.write_text("second-key\n")
    other.rename(path)
    assert key.read() == "second-key"


def test_overwritten_file_has_its_new_key(path: Path) -> None:
    key = KeyFile(str(path))
    path.write_text("another-key\n")
    assert key.read() == "another-key"


def test_key_behind_a_replaced_link_is_read(path: Path) -> None:
    """Kubernetes replaces a mounted Secret by another link."""
    other, link = path.with_name("other"), path.with_name("link")
    other.write_text("second-key")
    link.symlink_to(path)
    key = KeyFile(str(link))
    link.unlink()
    link.symlink_to(other)
    assert key.read() == "second-key"


@pytest.mark.parametrize("content", [None, b"", b"two words", b"\xff"])
def test_last_key_is_used_while_the_file_is_invalid(path: Path, content: bytes | None) -> None:
    key = KeyFile(str(path))
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert key.read() == "first-key"
    path.write_text("second-key")
    assert key.read() == "second-key"
