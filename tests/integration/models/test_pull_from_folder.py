"""Pulls from a folder."""

import os
from pathlib import Path

import pytest

from tests.support.small_model import MODEL, NAME, TRUTH, content, layout_of
from whisperfarm_contract.problems import ModelIntegrityError, ModelSourceError
from whisperfarm_models import lockfile
from whisperfarm_models.pull import pull
from whisperfarm_models.sources.folder import FolderSource


@pytest.fixture
def carried(tmp_path: Path) -> Path:
    """Return a folder that a pull has filled."""
    folder = tmp_path / "carried"
    (folder / NAME).mkdir(parents=True)
    for path, data in TRUTH.items():
        (folder / NAME / path).write_bytes(data)
    return folder


def _pull(carried: Path, root: Path) -> None:
    pull([MODEL], source=FolderSource(carried), layout=layout_of(root))


def test_folder_pull_copies_a_model(carried: Path, tmp_path: Path) -> None:
    _pull(carried, tmp_path / "here")
    _pull(tmp_path / "here", tmp_path / "there")
    assert content(tmp_path / "there") == TRUTH
    assert lockfile.read(tmp_path / "there").of(MODEL).files["model.bin"].size_bytes == 300_000


def test_file_changed_after_pinning_is_rejected(carried: Path, tmp_path: Path) -> None:
    _pull(carried, tmp_path / "here")
    (tmp_path / "here" / NAME / "model.bin").write_bytes(bytes(300_000))
    with pytest.raises(ModelIntegrityError, match=r"model\.bin"):
        _pull(tmp_path / "here", tmp_path / "there")


def test_link_is_rejected_by_name(carried: Path, tmp_path: Path) -> None:
    (carried / NAME / "config.json").unlink()
    (carried / NAME / "config.json").symlink_to("/etc/passwd")
    with pytest.raises(ModelIntegrityError, match=r"config\.json is a symbolic link"):
        _pull(carried, tmp_path / "here")


def test_linked_folder_is_rejected(carried: Path, tmp_path: Path) -> None:
    (carried / NAME).rename(tmp_path / "elsewhere")
    (carried / NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ModelIntegrityError, match="is a symbolic link"):
        _pull(carried, tmp_path / "here")


def test_pipe_is_rejected(carried: Path, tmp_path: Path) -> None:
    (carried / NAME / "config.json").unlink()
    os.mkfifo(carried / NAME / "config.json")
    with pytest.raises(ModelIntegrityError, match="not a regular file"):
        _pull(carried, tmp_path / "here")


def test_missing_source_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelSourceError, match="nowhere"):
        FolderSource(tmp_path / "nowhere")
