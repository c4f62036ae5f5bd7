"""Folders for temporary files."""

import socket
import subprocess
import sys
from collections.abc import Iterator
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


_HOLD = """
import sys, time
from pathlib import Path
from whisperfarm_worker.process.scratch import Scratch
scratch = Scratch(Path(sys.argv[1]))
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def other_worker(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Run another process that has a scratch folder in the same place."""
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        yield other
        other.kill()


def test_folder_of_a_live_worker_stays(tmp_path: Path, other_worker: subprocess.Popen[str]) -> None:
    Scratch(tmp_path).remove()
    assert [folder.name for folder in tmp_path.iterdir()] == [
        f"{socket.gethostname()}-{other_worker.pid}"
    ]


@pytest.mark.parametrize("host", [socket.gethostname(), "an-earlier-container"])
def test_folders_of_killed_workers_are_removed(
    tmp_path: Path, other_worker: subprocess.Popen[str], host: str
) -> None:
    (left,) = tmp_path.iterdir()
    stale = left.rename(tmp_path / f"{host}-1")  # in a container, process 1 always exists
    (stale / "samples").write_bytes(bytes(1000))
    other_worker.kill()
    other_worker.wait()
    Scratch(tmp_path)
    assert not stale.exists()


def test_remove_deletes_the_scratch_folder(tmp_path: Path) -> None:
    Scratch(tmp_path).remove()
    assert list(tmp_path.iterdir()) == []


def test_unusable_scratch_folder_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "tmp").write_text("a file")
    with pytest.raises(InvalidSettings, match="WHISPERFARM_DATA_DIR"):
        Scratch(tmp_path / "tmp")
