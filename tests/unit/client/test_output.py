import os
import stat
from pathlib import Path

import pytest

from whisperfarm_client import output
from whisperfarm_client.errors import OutputUnwritable


def test_a_file_is_written_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "call.txt"
    path.write_text("from before")
    output.write(str(path), b"Good morning.\n")
    assert path.read_bytes() == b"Good morning.\n"
    assert list(tmp_path.iterdir()) == [path]


def test_others_may_read_it_as_if_whisper_had_written_it(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.touch()
    output.write(str(tmp_path / "ours"), b"")
    assert (tmp_path / "ours").stat().st_mode == usual.stat().st_mode


def test_until_it_is_complete_it_has_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(
        os, "fsync", lambda _: seen.append([path.name for path in tmp_path.iterdir()])
    )
    output.write(str(tmp_path / "call.txt"), b"text")
    (names,) = seen
    assert len(names) == 1
    assert names[0].startswith(".call.txt.")


def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "call.txt"
    path.write_text("from before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputUnwritable, match=r"call\.txt cannot be written: No space left"):
        output.write(str(path), b"text")
    assert path.read_text() == "from before"
    assert list(tmp_path.iterdir()) == [path]


def test_folders_are_made(tmp_path: Path) -> None:
    output.make_folder(str(tmp_path / "a" / "b"))
    output.make_folder(str(tmp_path / "a" / "b"))
    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_that_can_not_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputUnwritable, match="cannot be created"):
        output.make_folder(str(tmp_path / "file"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(OutputUnwritable, match="Permission denied"):
        output.make_folder(str(tmp_path))
