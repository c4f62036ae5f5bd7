"""What was heard is kept for another attempt, and only where it is the same work."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.clock import Clock
from tests.support.jobs import new_job
from whisperfarm_contract.identifiers import checkpoint_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import StorageFull
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_worker.attempt.checkpoint import Checkpoints, JobCheckpoint, place
from whisperfarm_worker.engines.port import Decoding, Text
from whisperfarm_worker.pipeline.state import Window

PRESET, ENGLISH = Preset(name="p", asr="a"), Decoding(language="en")
JOB = new_job("job")
HELLO, WORLD = Text("hello", -0.5), Text("world", -0.25)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path)


Open = Callable[..., JobCheckpoint]


@pytest.fixture
def attempt(blobs: FolderBlobs) -> Open:
    """The checkpoint of an attempt, ready to hear."""

    def opened(
        number: int, *, clock: Callable[[], float] = float, job: Job = JOB, models: str = "m"
    ) -> JobCheckpoint:
        return JobCheckpoint(
            blobs, replace(job, attempt=number), models=models, every_s=30, clock=clock
        )

    return opened


def _kept(attempt: Open, number: int, **texts: Text) -> JobCheckpoint:
    made = attempt(number)
    made.known(PRESET, ENGLISH)
    for where, text in texts.items():
        made.heard(where, text)
    made.save()
    return made


def test_the_next_attempt_knows_what_was_heard(attempt: Open) -> None:
    _kept(attempt, 1, a=HELLO, b=WORLD)
    assert attempt(2).known(PRESET, ENGLISH) == {"a": HELLO, "b": WORLD}


def test_it_is_written_now_and_then_only(attempt: Open, blobs: FolderBlobs) -> None:
    clock = Clock(0.0)
    made = attempt(1, clock=clock)
    made.known(PRESET, ENGLISH)
    clock.now = 29.0
    made.heard("a", HELLO)
    assert list(blobs.keys()) == []
    clock.now = 30.0
    made.heard("b", WORLD)
    assert list(blobs.keys()) == [checkpoint_key(JOB.tenant, JOB.id, 1)]


def test_a_checkpoint_holds_what_was_known_as_well(attempt: Open) -> None:
    _kept(attempt, 1, a=HELLO)
    _kept(attempt, 2, b=WORLD)
    assert attempt(3).known(PRESET, ENGLISH) == {"a": HELLO, "b": WORLD}


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"fingerprint": "x", "texts": {}}', b"\xff"]
)
def test_one_that_is_broken_or_foreign_is_passed_over_for_an_older_one(
    attempt: Open, blobs: FolderBlobs, content: bytes
) -> None:
    _kept(attempt, 1, a=HELLO)
    blobs.put(checkpoint_key(JOB.tenant, JOB.id, 2), content)
    assert attempt(3).known(PRESET, ENGLISH) == {"a": HELLO}


def test_other_work_knows_nothing_of_it(attempt: Open) -> None:
    _kept(attempt, 1, a=HELLO)
    other_audio = replace(JOB, audio=replace(JOB.audio, sha256="cd" * 32))
    assert attempt(2).known(replace(PRESET, asr="b"), ENGLISH) == {}
    assert attempt(2).known(PRESET, Decoding(language="de")) == {}
    assert attempt(2, models="other").known(PRESET, ENGLISH) == {}
    assert attempt(2, job=other_audio).known(PRESET, ENGLISH) == {}
    assert attempt(2).known(PRESET, ENGLISH) == {"a": HELLO}


def test_a_worker_that_was_taken_for_lost_harms_no_newer_attempt(attempt: Open) -> None:
    lost = _kept(attempt, 1, a=HELLO)
    _kept(attempt, 2, a=HELLO, b=WORLD)
    lost.heard("c", HELLO)
    lost.save()
    assert attempt(3).known(PRESET, ENGLISH) == {"a": HELLO, "b": WORLD}


def test_a_job_that_ended_leaves_none(attempt: Open, blobs: FolderBlobs) -> None:
    _kept(attempt, 1, a=HELLO)
    _kept(attempt, 2, b=WORLD).forget()
    assert list(blobs.keys()) == []


def test_a_store_that_is_full_costs_nothing_but_the_checkpoint(
    attempt: Open, blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(key: str, data: bytes) -> None:
        raise StorageFull

    monkeypatch.setattr(blobs, "put", full)
    _kept(attempt, 1, a=HELLO)


def test_a_worker_that_leaves_keeps_what_all_its_attempts_have(
    attempt: Open, blobs: FolderBlobs
) -> None:
    checkpoints = Checkpoints(blobs, models={JOB.preset: "m"}, every_s=3600)
    with checkpoints.of(replace(JOB, attempt=1)) as one:
        one.known(PRESET, ENGLISH)
        one.heard("a", HELLO)
        checkpoints.save()
    assert attempt(2).known(PRESET, ENGLISH) == {"a": HELLO}


def test_checkpoints_can_be_switched_off(blobs: FolderBlobs) -> None:
    with Checkpoints(blobs, models={}, every_s=0).of(replace(JOB, attempt=1)) as none:
        none.heard("a", HELLO)
        none.forget()
    assert list(blobs.keys()) == []


def test_a_place_is_a_channel_and_its_samples() -> None:
    assert place(Window(start=0.5, end=2.0, stretches=(), channel=1)) == "1:8000:32000"
