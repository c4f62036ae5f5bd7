import os
import stat
from pathlib import Path

import pytest

from whisperfarm_client import output
from whisperfarm_client.errors import OutputNotWritable


def test_write_leaves_no_other_file(tmp_path: Path) -> None:
    path = tmp_path / "call.txt"
    path.write_text("from before")
    output.write(str(path), b"Good morning.\n")
    assert path.read_bytes() == b"Good morning.\n"
    assert list(tmp_path.iterdir()) == [path]


def test_write_uses_the_umask(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.touch()
    output.write(str(tmp_path / "ours"), b"")
    assert (tmp_path / "ours").stat().st_mode == usual.stat().st_mode


def test_write_uses_another_name_until_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(
        os, "fsync", lambda _: seen.append([path.name for path in tmp_path.iterdir()])
    )
    output.write(str(tmp_path / "call.txt"), b"text")
    (names,) = seen
    assert len(names) == 1
    assert names != ["call.txt"]


def test_write_accepts_the_longest_name(tmp_path: Path) -> None:
    path = tmp_path / f"{'x' * 251}.txt"
    output.write(str(path), b"text")
    assert path.read_bytes() == b"text"


def test_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "call.txt"
    path.write_text("from before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputNotWritable, match=r"call\.txt cannot be written: No space left"):
        output.write(str(path), b"text")
    assert path.read_text() == "from before"
    assert list(tmp_path.iterdir()) == [path]


def test_make_folder_creates_parents(tmp_path: Path) -> None:
    output.make_folder(str(tmp_path / "a" / "b"))
    output.make_folder(str(tmp_path / "a" / "b"))
    assert (tmp_path / "a" / "b").is_dir()


def test_make_folder_reports_a_folder_it_cannot_create(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputNotWritable, match="cannot be created"):
        output.make_folder(str(tmp_path / "file"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_make_folder_reports_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(OutputNotWritable, match="Permission denied"):
        output.make_folder(str(tmp_path))
