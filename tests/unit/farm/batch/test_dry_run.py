"""What a dry run prints about a list, and its exit code."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from whisperfarm.command import cli

HEAD = "path,call,leg_offset_s,leg_name\n"


def dry_run(folder: Path, rows: str) -> tuple[int, str, str]:
    (folder / "list.csv").write_text(HEAD + rows)
    ended = CliRunner().invoke(cli, ["batch", str(folder / "list.csv"), "--dry-run"])
    return ended.exit_code, ended.stdout, ended.stderr


def test_files_that_exist_are_planned(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"sound")
    code, printed, errors = dry_run(tmp_path, "a.wav,,,\n")
    assert (code, errors) == (0, "")
    assert "1 to do (1 new)" in printed


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ("a.wav,,,\nb.wav,,,\n", ["b.wav"]),
        ("a.wav,1,0,\nb.wav,1,5,\n", ["b.wav"]),
        ("c.wav,1,0,\nb.wav,1,5,\n", ["c.wav", "b.wav"]),
    ],
)
def test_missing_files_are_named(tmp_path: Path, rows: str, missing: list[str]) -> None:
    (tmp_path / "a.wav").write_bytes(b"sound")
    code, printed, errors = dry_run(tmp_path, rows)
    assert code == 66
    assert errors.splitlines() == [f"{tmp_path / name} does not exist" for name in missing]
    assert " to do (" in printed
