"""Folders for what is only needed for a while."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_worker.process.scratch import Scratch


def test_a_folder_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    with Scratch(tmp_path).folder() as folder:
        (folder / "file").write_text("x")
    assert not folder.exists()


def test_a_folder_goes_when_its_attempt_fails(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    with pytest.raises(ZeroDivisionError), scratch.folder() as folder:
        raise ZeroDivisionError
    assert not folder.exists()


def test_each_attempt_has_a_folder_of_its_own(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    with scratch.folder() as one, scratch.folder() as two:
        assert one != two


def test_what_a_killed_worker_left_is_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    stale = tmp_path / f"{socket.gethostname()}-{ended.pid}"
    (stale / "attempt").mkdir(parents=True)
    Scratch(tmp_path)
    assert not stale.exists()


def test_what_others_have_stays(tmp_path: Path) -> None:
    alive = tmp_path / f"{socket.gethostname()}-{os.getppid()}"
    elsewhere = tmp_path / "another-host-1"
    for folder in (alive, elsewhere):
        folder.mkdir()
    Scratch(tmp_path).remove()
    assert alive.exists()
    assert elsewhere.exists()


def test_nothing_is_left_at_the_end(tmp_path: Path) -> None:
    Scratch(tmp_path).remove()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_can_not_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "tmp").write_text("a file")
    with pytest.raises(SettingsWrong, match="WHISPERFARM_DATA_DIR"):
        Scratch(tmp_path / "tmp")
