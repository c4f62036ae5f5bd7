"""Models that are there, compared with what they must be."""

from pathlib import Path

import pytest

from tests.support.small_model import MODEL, NAME, TRUTH
from whisperfarm_models.folder_layout import layout
from whisperfarm_models.lockfile import Pinned
from whisperfarm_models.search_path import places
from whisperfarm_models.verify import Found, State, pin, verify


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A models folder with one model that nobody has pinned."""
    (tmp_path / NAME).mkdir(parents=True)
    for path, data in TRUTH.items():
        (tmp_path / NAME / path).write_bytes(data)
    return tmp_path


def _verify(root: Path, pinned: Pinned) -> list[Found]:
    here = places(root, environ={})
    return verify([MODEL], here, layout(here), pinned)


def _states(found: list[Found]) -> dict[str, State]:
    return {one.file.path: one.state for one in found}


def test_what_was_never_pinned_is_told_and_can_be_pinned(root: Path) -> None:
    found = _verify(root, Pinned())
    assert _states(found) == dict.fromkeys(TRUTH, State.UNPINNED)
    assert _states(_verify(root, pin(found, Pinned()))) == dict.fromkeys(TRUTH, State.GOOD)


@pytest.mark.parametrize("data", [b"x" * 300_000, b"short"])
def test_a_file_that_changed_is_named(root: Path, data: bytes) -> None:
    pinned = pin(_verify(root, Pinned()), Pinned())
    (root / NAME / "model.bin").write_bytes(data)
    [bad] = [one for one in _verify(root, pinned) if one.state is not State.GOOD]
    assert bad.state is State.DIFFERS
    assert str(root / NAME / "model.bin") in bad.detail


def test_a_file_that_is_gone_is_named(root: Path) -> None:
    (root / NAME / "tokenizer.json").unlink()
    assert _states(_verify(root, Pinned()))["tokenizer.json"] is State.MISSING


def test_of_two_files_that_will_do_one_is_enough_and_none_is_too_few(root: Path) -> None:
    assert "vocabulary.json" not in _states(_verify(root, Pinned()))
    (root / NAME / "vocabulary.txt").unlink()
    assert _states(_verify(root, Pinned()))["vocabulary.json"] is State.MISSING
