"""Folders for temporary files."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_worker.process.scratch import Scratch


def test_scratch_folder_is_removed_with_its_files(tmp_path: Path) -> None:
    with Scratch(tmp_path).folder() as folder:
        (folder / "file").write_text("x")
    assert not folder.exists()


def test_scratch_folder_is_removed_after_an_error(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    with pytest.raises(ZeroDivisionError), scratch.folder() as folder:
        raise ZeroDivisionError
    assert not folder.exists()


def test_every_attempt_has_its_own_folder(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    with scratch.folder() as one, scratch.folder() as two:
        assert one != two


def test_folders_of_killed_workers_are_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    stale = tmp_path / f"{socket.gethostname()}-{ended.pid}"
    (stale / "attempt").mkdir(parents=True)
    Scratch(tmp_path)
    assert not stale.exists()


def test_folders_of_live_workers_stay(tmp_path: Path) -> None:
    alive = tmp_path / f"{socket.gethostname()}-{os.getppid()}"
    elsewhere = tmp_path / "another-host-1"
    for folder in (alive, elsewhere):
        folder.mkdir()
    Scratch(tmp_path).remove()
    assert alive.exists()
    assert elsewhere.exists()


def test_remove_deletes_the_scratch_folder(tmp_path: Path) -> None:
    Scratch(tmp_path).remove()
    assert list(tmp_path.iterdir()) == []


def test_unusable_scratch_folder_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "tmp").write_text("a file")
    with pytest.raises(InvalidSettings, match="WHISPERFARM_DATA_DIR"):
        Scratch(tmp_path / "tmp")
