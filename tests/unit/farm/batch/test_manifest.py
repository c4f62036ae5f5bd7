"""The manifest of a batch."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from whisperfarm.batch.manifest import Row, open_manifest
from whisperfarm_contract.problems import InvalidOption, JobNotFound

ROW = Row(path="a.wav", name="a", size_bytes=3, modified_ns=4, options_digest="o")
NOT_UTF_8 = os.fsdecode(b"caf\xe9.wav")


def test_rows_are_read_again(tmp_path: Path) -> None:
    path = tmp_path / "manifest.sqlite"
    manifest = open_manifest(path, "/calls")
    rows = [
        ROW.submitted("job-1").done(["srt", "json"]),
        replace(ROW, path=NOT_UTF_8, name=NOT_UTF_8).failed(JobNotFound("gone")),
    ]
    manifest.save(*rows)
    batch_id = manifest.batch_id
    manifest.close()
    again = open_manifest(path, "/calls")
    assert list(again.rows().values()) == rows
    assert again.batch_id == batch_id
    again.close()


def test_second_command_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.sqlite"
    manifest = open_manifest(path, "/calls")
    with pytest.raises(InvalidOption, match="another command"):
        open_manifest(path, "/calls")
    manifest.close()


def test_recordings_of_another_source_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.sqlite"
    open_manifest(path, "/calls").close()
    with pytest.raises(InvalidOption, match="of /calls, not of /others"):
        open_manifest(path, "/others")


def test_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.sqlite"
    path.write_bytes(b"a recording" * 100)
    with pytest.raises(InvalidOption, match="cannot be used"):
        open_manifest(path, "/calls")
    assert path.read_bytes() == b"a recording" * 100


def test_row_that_is_submitted_again_is_another_attempt() -> None:
    again = ROW.submitted("job-1").failed(JobNotFound("gone")).again()
    assert again == replace(ROW, attempt=2)
