"""A checkpoint keeps transcribed text for the next attempt, if audio, options and models agree."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.clock import Clock
from tests.support.fake_engine import speech
from tests.support.jobs import new_job
from whisperfarm_contract.identifiers import checkpoint_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import StorageFull
from whisperfarm_contract.transcript import Word
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_worker.attempt.checkpoints import Checkpoints
from whisperfarm_worker.attempt.job_checkpoint import JobCheckpoint
from whisperfarm_worker.engines.port import DecodedText, Decoding, Doubt

PRESET, ENGLISH = Preset(name="p", asr="a"), Decoding(language="en")
JOB = new_job("job")
HELLO = DecodedText("hello", -0.5, 0.1)
WORLD = DecodedText(
    "world", -1.25, 0.7, Doubt.IMPROBABLE, (Word(text="world", start=0.5, end=1.0, score=0.9),)
)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path)


Open = Callable[..., JobCheckpoint]


@pytest.fixture
def attempt(blobs: FolderBlobs) -> Open:
    """Return the checkpoint of an attempt that starts to transcribe."""

    def opened(
        number: int, *, clock: Callable[[], float] = float, job: Job = JOB, models: str = "m"
    ) -> JobCheckpoint:
        return JobCheckpoint(
            blobs, replace(job, attempt=number), models=models, interval_s=30, clock=clock
        )

    return opened


def _kept(attempt: Open, number: int, **texts: DecodedText) -> JobCheckpoint:
    made = attempt(number)
    made.load(PRESET, ENGLISH)
    for where, text in texts.items():
        made.record(where, text)
    made.save()
    return made


def test_load_returns_texts_of_the_previous_attempt(attempt: Open) -> None:
    _kept(attempt, 1, a=HELLO, b=WORLD)
    assert attempt(2).load(PRESET, ENGLISH) == {"a": HELLO, "b": WORLD}


def test_record_saves_after_the_interval(attempt: Open, blobs: FolderBlobs) -> None:
    clock = Clock(0.0)
    made = attempt(1, clock=clock)
    made.load(PRESET, ENGLISH)
    clock.now = 29.0
    made.record("a", HELLO)
    assert list(blobs.keys()) == []
    clock.now = 30.0
    made.record("b", WORLD)
    assert list(blobs.keys()) == [checkpoint_key(JOB.tenant, JOB.id, 1)]


def test_texts_of_one_batch_are_not_saved(attempt: Open, blobs: FolderBlobs) -> None:
    clock = Clock(0.0)
    made = attempt(1, clock=clock)
    made.load(PRESET, ENGLISH)
    clock.now = 60.0
    made.record("a", HELLO)
    made.record("b", WORLD)
    assert list(blobs.keys()) == []


def test_checkpoint_includes_loaded_texts(attempt: Open) -> None:
    _kept(attempt, 1, a=HELLO)
    _kept(attempt, 2, b=WORLD)
    assert attempt(3).load(PRESET, ENGLISH) == {"a": HELLO, "b": WORLD}


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"texts": {"fingerprint": "x", "values": {}}}', b"\xff"]
)
def test_load_skips_broken_and_foreign_checkpoints(
    attempt: Open, blobs: FolderBlobs, content: bytes
) -> None:
    _kept(attempt, 1, a=HELLO)
    blobs.put(checkpoint_key(JOB.tenant, JOB.id, 2), content)
    assert attempt(3).load(PRESET, ENGLISH) == {"a": HELLO}


def test_load_ignores_checkpoints_of_other_work(attempt: Open) -> None:
    _kept(attempt, 1, a=HELLO)
    other_audio = replace(JOB, audio=replace(JOB.audio, sha256="cd" * 32))
    assert attempt(2).load(replace(PRESET, asr="b"), ENGLISH) == {}
    assert attempt(2).load(PRESET, Decoding(language="de")) == {}
    assert attempt(2, models="other").load(PRESET, ENGLISH) == {}
    assert attempt(2, job=other_audio).load(PRESET, ENGLISH) == {}
    assert attempt(2).load(PRESET, ENGLISH) == {"a": HELLO}


def test_lost_attempt_does_not_overwrite_a_newer_checkpoint(attempt: Open) -> None:
    lost = _kept(attempt, 1, a=HELLO)
    _kept(attempt, 2, a=HELLO, b=WORLD)
    lost.record("c", HELLO)
    lost.save()
    assert attempt(3).load(PRESET, ENGLISH) == {"a": HELLO, "b": WORLD}


def test_delete_all_removes_every_checkpoint(attempt: Open, blobs: FolderBlobs) -> None:
    _kept(attempt, 1, a=HELLO)
    _kept(attempt, 2, b=WORLD).delete_all()
    assert list(blobs.keys()) == []


def test_full_blob_store_only_loses_the_checkpoint(
    attempt: Open, blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(key: str, data: bytes) -> None:
        raise StorageFull

    monkeypatch.setattr(blobs, "put", full)
    _kept(attempt, 1, a=HELLO)


def test_save_writes_all_open_checkpoints(attempt: Open, blobs: FolderBlobs) -> None:
    checkpoints = Checkpoints(blobs, models={JOB.preset: "m"}, interval_s=3600)
    with checkpoints.for_job(replace(JOB, attempt=1)) as one:
        one.load(PRESET, ENGLISH)
        one.record("a", HELLO)
        checkpoints.save()
    assert attempt(2).load(PRESET, ENGLISH) == {"a": HELLO}


def test_checkpoints_can_be_disabled(blobs: FolderBlobs) -> None:
    with Checkpoints(blobs, models={}, interval_s=0).for_job(replace(JOB, attempt=1)) as none:
        none.record("a", HELLO)
        none.delete_all()
    assert list(blobs.keys()) == []


def test_text_that_must_not_stay_is_not_written(attempt: Open, blobs: FolderBlobs) -> None:
    job = replace(JOB, options=Options(redact="card", originals="destroy"))
    first = attempt(1, job=job)
    first.load(PRESET, ENGLISH)
    first.load_speech(PRESET, {})
    first.record("0:0:16000", HELLO)
    first.record_speech("0:0:16000", [speech(0.0, 1.0)])
    first.save()
    with blobs.open(checkpoint_key(JOB.tenant, JOB.id, 1)) as file:
        assert b"hello" not in file.read()
    assert list(attempt(2, job=job).load_speech(PRESET, {})) == ["0:0:16000"]
