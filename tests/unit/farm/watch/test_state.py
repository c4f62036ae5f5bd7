"""The state of a watcher, and the names of its outputs."""

import os
from pathlib import Path

import pytest

from whisperfarm.watch.scan import Version
from whisperfarm.watch.state import FOLDER, Finished, State
from whisperfarm_client.errors import OutputNotWritable

DONE = Finished(Version(1000, 17), "done")


@pytest.fixture
def state(tmp_path: Path) -> State:
    state = State(tmp_path)
    state.create()
    return state


def test_finished_version_is_remembered(state: State, tmp_path: Path) -> None:
    assert state.finished("a/call.wav") is None
    state.finish("a/call.wav", DONE, job_id="j1")
    assert State(tmp_path).finished("a/call.wav") == DONE
    assert state.finished("a/other.wav") is None


def test_damaged_record_is_ignored(state: State, tmp_path: Path) -> None:
    state.finish("call.wav", DONE, job_id=None)
    (record,) = (path for path in (tmp_path / FOLDER).rglob("*") if path.is_file())
    for content in ("", "[]", "{}", '{"size_bytes"'):
        record.write_text(content)
        assert state.finished("call.wav") is None


def test_two_recordings_never_have_the_same_outputs(state: State, tmp_path: Path) -> None:
    paths = ["call.wav", "call.mp3", "CALL.ogg", "a/call.wav", "a.b/c.d.wav"]
    names = [str(State(tmp_path).output_name(path).relative_to(tmp_path)) for path in paths * 2]
    assert names == ["call", "call.mp3", "CALL.ogg", "a/call", "a.b/c.d"] * 2


def test_name_whose_claim_is_empty_can_be_claimed(state: State, tmp_path: Path) -> None:
    state.output_name("call.wav")
    (claim,) = (path for path in (tmp_path / FOLDER).rglob("*") if path.is_file())
    claim.write_bytes(b"")
    assert state.output_name("call.mp3") == tmp_path / "call"
    assert state.output_name("call.wav") == tmp_path / "call.wav"


def test_nothing_is_written_where_the_output_folder_is_gone(tmp_path: Path) -> None:
    state = State(tmp_path / "output")
    assert not state.is_available()
    with pytest.raises(OutputNotWritable):
        state.output_name("call.wav")
    with pytest.raises(OutputNotWritable):
        state.finish("call.wav", DONE, job_id=None)
    assert list(tmp_path.iterdir()) == []


def test_names_need_not_be_utf8(state: State, tmp_path: Path) -> None:
    path = b"caf\xe9.wav".decode("utf-8", "surrogateescape")
    state.finish(path, DONE, job_id=None)
    assert state.finished(path) == DONE
    assert state.output_name(path).parent == tmp_path


def test_new_watcher_deletes_what_killed_ones_left(state: State, tmp_path: Path) -> None:
    state.write(tmp_path / "a" / "call.json", b"{}")
    partial = tmp_path / FOLDER / "partial"
    assert list(partial.iterdir()) == []
    old, new = partial / "old", partial / "new"
    for path in (old, new):
        path.write_bytes(b"{")
    os.utime(old, (0, 0))
    State(tmp_path).create()
    assert list(partial.iterdir()) == [new]
