"""Verifying the models on disk."""

from pathlib import Path

import pytest

from tests.support.small_model import MODEL, NAME, TRUTH
from whisperfarm_models.folder_layout import layout
from whisperfarm_models.lockfile import ModelLock
from whisperfarm_models.search_path import model_paths
from whisperfarm_models.verify import FileCheck, FileState, pin, verify


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a models folder with one model that is not pinned."""
    (tmp_path / NAME).mkdir(parents=True)
    for path, data in TRUTH.items():
        (tmp_path / NAME / path).write_bytes(data)
    return tmp_path


def _verify(root: Path, locked: ModelLock) -> list[FileCheck]:
    here = model_paths(root, environ={})
    return verify([MODEL], here, layout(here), locked)


def _states(found: list[FileCheck]) -> dict[str, FileState]:
    return {one.file.path: one.state for one in found}


def test_unpinned_files_are_reported_and_can_be_pinned(root: Path) -> None:
    found = _verify(root, ModelLock())
    assert _states(found) == dict.fromkeys(TRUTH, FileState.UNPINNED)
    assert _states(_verify(root, pin(found, ModelLock()))) == dict.fromkeys(TRUTH, FileState.GOOD)


@pytest.mark.parametrize("data", [b"x" * 300_000, b"short"])
def test_verify_names_a_changed_file(root: Path, data: bytes) -> None:
    locked = pin(_verify(root, ModelLock()), ModelLock())
    (root / NAME / "model.bin").write_bytes(data)
    [bad] = [one for one in _verify(root, locked) if one.state is not FileState.GOOD]
    assert bad.state is FileState.DIFFERS
    assert str(root / NAME / "model.bin") in bad.detail


def test_verify_names_a_missing_file(root: Path) -> None:
    (root / NAME / "tokenizer.json").unlink()
    assert _states(_verify(root, ModelLock()))["tokenizer.json"] is FileState.MISSING


def test_verify_accepts_one_of_two_alternatives(root: Path) -> None:
    assert "vocabulary.json" not in _states(_verify(root, ModelLock()))
    (root / NAME / "vocabulary.txt").unlink()
    assert _states(_verify(root, ModelLock()))["vocabulary.json"] is FileState.MISSING
