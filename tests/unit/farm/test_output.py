"""The file of `--output`."""

from pathlib import Path

import click
import pytest

from whisperfarm.output import write_file


def test_written_file_has_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "roots" / "2024" / "root.json"
    for content in (b"first", b"second"):
        write_file(path, content)
        assert path.read_bytes() == content


@pytest.mark.parametrize("place", ["folder", "file/root.json"])
def test_file_that_cannot_be_written_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(click.FileError) as raised:
        write_file(tmp_path / place, b"")
    assert str(tmp_path / place) in raised.value.format_message()
