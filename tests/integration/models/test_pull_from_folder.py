"""Pulls from a folder that was carried here."""

import os
from pathlib import Path

import pytest

from tests.support.small_model import MODEL, NAME, TRUTH, content, layout_of
from whisperfarm_contract.problems import ModelRefused, SourceFailed
from whisperfarm_models import lockfile
from whisperfarm_models.pull import pull
from whisperfarm_models.sources.folder import FolderSource


@pytest.fixture
def carried(tmp_path: Path) -> Path:
    """A folder that a pull had filled elsewhere."""
    folder = tmp_path / "carried"
    (folder / NAME).mkdir(parents=True)
    for path, data in TRUTH.items():
        (folder / NAME / path).write_bytes(data)
    return folder


def _pull(carried: Path, root: Path) -> None:
    pull([MODEL], source=FolderSource(carried), layout=layout_of(root))


def test_a_model_is_copied_and_can_be_carried_on(carried: Path, tmp_path: Path) -> None:
    _pull(carried, tmp_path / "here")
    _pull(tmp_path / "here", tmp_path / "there")
    assert content(tmp_path / "there") == TRUTH
    assert lockfile.read(tmp_path / "there").of(MODEL).files["model.bin"].size_bytes == 300_000


def test_what_changed_on_the_way_is_refused(carried: Path, tmp_path: Path) -> None:
    _pull(carried, tmp_path / "here")
    (tmp_path / "here" / NAME / "model.bin").write_bytes(bytes(300_000))
    with pytest.raises(ModelRefused, match=r"model\.bin"):
        _pull(tmp_path / "here", tmp_path / "there")


def test_a_link_is_refused_and_named(carried: Path, tmp_path: Path) -> None:
    (carried / NAME / "config.json").unlink()
    (carried / NAME / "config.json").symlink_to("/etc/passwd")
    with pytest.raises(ModelRefused, match=r"config\.json is a symbolic link"):
        _pull(carried, tmp_path / "here")


def test_a_linked_folder_is_refused(carried: Path, tmp_path: Path) -> None:
    (carried / NAME).rename(tmp_path / "elsewhere")
    (carried / NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ModelRefused, match="is a symbolic link"):
        _pull(carried, tmp_path / "here")


def test_a_pipe_is_refused(carried: Path, tmp_path: Path) -> None:
    (carried / NAME / "config.json").unlink()
    os.mkfifo(carried / NAME / "config.json")
    with pytest.raises(ModelRefused, match="not a regular file"):
        _pull(carried, tmp_path / "here")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="nowhere"):
        FolderSource(tmp_path / "nowhere")
