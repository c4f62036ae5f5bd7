"""Attempts at jobs, with a real ledger, real blobs and a real ffmpeg."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.integration.worker.conftest import Bench, make_available
from tests.support.fake_engine import speech
from whisperfarm_contract import transcript
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.problems import EngineFailed, FarmUnavailable, StorageFull
from whisperfarm_contract.states import State
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_worker.engines.errors import Poisoned
from whisperfarm_worker.engines.port import Decoding, Step, Text

Accept = Callable[..., Job]


def _transcript(blobs: FolderBlobs, job: Job) -> transcript.Transcript:
    assert job.result_key is not None
    with blobs.open(job.result_key) as file:
        return transcript.from_wire(json.loads(file.read()))


def test_a_job_succeeds_with_its_transcript(
    bench: Bench, accept: Accept, ledger: Ledger, blobs: FolderBlobs
) -> None:
    job = accept(diarize=False)
    bench.task(job.id)
    job = ledger.get(job.id)
    assert (job.state, job.attempt, job.audio.seconds) == (State.SUCCEEDED, 1, 2.0)
    made = _transcript(blobs, job)
    assert made.text == "hello world"
    assert [word.text for word in made.words()] == ["hello", "world"]


def test_nothing_is_left_behind(bench: Bench, accept: Accept) -> None:
    bench.task(accept(diarize=False).id)
    assert [path for path in bench.scratch.rglob("*") if path.is_file()] == []
    assert bench.leases.held() == []


def test_a_recording_that_can_not_be_decoded_fails_its_job_at_once(
    bench: Bench, accept: Accept, ledger: Ledger
) -> None:
    job = accept(b"no sound at all" * 100)
    bench.task(job.id)
    job = ledger.get(job.id)
    assert (job.state, job.attempt) == (State.FAILED, 1)
    assert job.problem is not None
    assert job.problem["name"] == "audio-unreadable"


def test_an_engine_that_fails_is_tried_again_until_attempts_are_spent(
    bench: Bench, accept: Accept, ledger: Ledger
) -> None:
    bench.engine.model.error = EngineFailed("broken")
    job = accept()
    states = []
    for _ in range(4):
        make_available(ledger, job.id)
        bench.task(job.id)
        states.append(ledger.get(job.id).state)
    assert states == [State.QUEUED, State.QUEUED, State.FAILED, State.FAILED]
    problem = ledger.get(job.id).problem
    assert problem is not None
    assert (problem["name"], problem["reason"]["detail"]) == ("attempts-spent", "broken")


def test_an_attempt_after_a_failed_one_can_succeed(
    bench: Bench, accept: Accept, ledger: Ledger
) -> None:
    job = accept(diarize=False)
    bench.engine.model.error = ValueError("once")
    bench.task(job.id)
    bench.engine.model.error = None
    make_available(ledger, job.id)
    bench.task(job.id)
    assert (ledger.get(job.id).state, ledger.get(job.id).attempt) == (State.SUCCEEDED, 2)


def test_a_message_for_a_job_that_has_ended_is_dropped(
    bench: Bench, accept: Accept, ledger: Ledger
) -> None:
    job = accept(diarize=False)
    for _ in range(2):
        bench.task(job.id)
    assert (ledger.get(job.id).attempt, len(bench.engine.model.decodings)) == (1, 1)


@pytest.mark.parametrize("job_id", ["no-such-job", ""])
def test_a_message_for_a_job_that_never_was_is_dropped(bench: Bench, job_id: str) -> None:
    bench.task(job_id)
    assert bench.engine.model.decodings == []


def _beat_now(bench: Bench) -> None:
    for lease in bench.leases.held():
        lease.beaten_at -= 20
    bench.leases.beat()


def _during_transcription(bench: Bench, act: Callable[[], None]) -> None:
    """Have `act` happen, and a heartbeat after it, while the speech model is at work."""

    def transcribe(
        windows: list[object], decoding: Decoding, *, step: Step, **_: Any
    ) -> list[Text]:
        act()
        _beat_now(bench)
        step(0.9)
        return [Text("hello", 0.0) for _ in windows]

    bench.engine.model.transcribe = transcribe  # type: ignore[method-assign, assignment]


def test_a_job_that_is_cancelled_while_it_runs_ends_cancelled(
    bench: Bench, accept: Accept, ledger: Ledger
) -> None:
    job = accept()
    _during_transcription(bench, lambda: ledger.ask_cancel(job.id, tenant=job.tenant) and None)
    bench.task(job.id)
    job = ledger.get(job.id)
    assert (job.state, job.result_key) == (State.CANCELLED, None)


def test_a_job_that_was_lost_is_abandoned_and_nothing_is_written(
    bench: Bench, accept: Accept, ledger: Ledger, blobs: FolderBlobs
) -> None:
    job = accept()

    def somebody_else_takes_it() -> None:
        ledger.requeue(job.id, attempt=1)
        assert ledger.claim(job.id, worker="other", lease_s=60) is not None

    _during_transcription(bench, somebody_else_takes_it)
    bench.task(job.id)
    job = ledger.get(job.id)
    assert (job.state, job.attempt) == (State.RUNNING, 2)
    assert list(blobs.keys("results/")) == []


def test_progress_reaches_the_ledger(bench: Bench, accept: Accept, ledger: Ledger) -> None:
    job, seen = accept(diarize=False), list[Job]()
    finished = bench.engine.model.transcribe

    def transcribe(
        windows: list[object], decoding: Decoding, *, step: Step, **_: Any
    ) -> list[Text]:
        step(0.5)
        _beat_now(bench)
        seen.append(ledger.get(job.id))
        return finished(windows, decoding, step=step)  # type: ignore[arg-type]

    bench.engine.model.transcribe = transcribe  # type: ignore[method-assign, assignment]
    bench.task(job.id)
    (running,) = seen
    assert running.progress is not None
    assert (running.progress.stage, running.progress.done) == ("transcribe", 0.5)
    assert running.audio.seconds == 2.0


def test_a_worker_that_leaves_gives_the_job_back_and_it_loses_nothing(
    bench: Bench, accept: Accept, ledger: Ledger
) -> None:
    job = accept()
    _during_transcription(bench, lambda: bench.leases.close() and None)
    bench.task(job.id)
    job = ledger.get(job.id)
    assert (job.state, job.attempt, job.failures) == (State.QUEUED, 1, 0)
    assert job.available_at is None


def test_a_broken_device_costs_the_job_an_attempt_and_the_worker_its_life(
    bench: Bench, accept: Accept, ledger: Ledger
) -> None:
    bench.engine.model.error = Poisoned("CUDA failed")
    job = accept()
    bench.task(job.id)
    assert bench.poisoned == [True]
    job = ledger.get(job.id)
    assert (job.state, job.failures) == (State.QUEUED, 1)


def test_other_failures_cost_the_worker_nothing(bench: Bench, accept: Accept) -> None:
    bench.engine.model.error = ValueError("x")
    bench.task(accept().id)
    assert bench.poisoned == []


def test_a_full_disk_is_no_fault_of_the_job(
    bench: Bench, accept: Accept, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(key: str, data: bytes) -> None:
        raise StorageFull

    job = accept(diarize=False)
    monkeypatch.setattr(bench.task.blobs, "put", full)
    bench.task(job.id)
    job = ledger.get(job.id)
    assert job.state is State.QUEUED
    assert job.problem is not None
    assert job.problem["name"] == "storage-full"
    assert job.failures == 0
    assert job.available_at is not None
    assert bench.suspected == [("blobs", "storage-full")]


def test_failed_attempt_waits_in_the_ledger_and_holds_nothing(
    bench: Bench, accept: Accept, ledger: Ledger
) -> None:
    bench.engine.model.error = EngineFailed("broken")
    job = accept()
    bench.task(job.id)
    waiting = ledger.get(job.id)
    assert (waiting.state, waiting.failures) == (State.QUEUED, 1)
    assert waiting.available_at is not None
    assert waiting.available_at > (waiting.started_at or 0) + 1
    assert (bench.leases.held(), ledger.at_work(), ledger.releasable(10)) == ([], {}, [])
    bench.task(job.id)
    assert ledger.get(job.id).attempt == 1


def test_outcome_is_settled_once_the_ledger_is_available_again(
    bench: Bench, accept: Accept, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object, **__: object) -> None:
        raise FarmUnavailable

    job = accept(diarize=False)
    with monkeypatch.context() as outage:
        outage.setattr(ledger, "succeed", unavailable)
        bench.task(job.id)
        assert ledger.get(job.id).state is State.RUNNING
        assert [lease.job.id for lease in bench.leases.held()] == [job.id]
    bench.task.settlement.settle_postponed()
    assert ledger.get(job.id).state is State.SUCCEEDED
    assert bench.leases.held() == []


def test_job_is_not_claimed_while_the_ledger_is_unavailable(
    bench: Bench, accept: Accept, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object, **__: object) -> None:
        raise FarmUnavailable

    job = accept()
    monkeypatch.setattr(ledger, "claim", unavailable)
    with pytest.raises(FarmUnavailable):
        bench.task(job.id)
    assert bench.suspected == [("ledger", "farm-unavailable")]


def test_exceeded_deadline_is_reported_alike_by_worker_and_rescue(
    bench: Bench, accept: Accept, ledger: Ledger
) -> None:
    by_worker, by_rescue = accept(terms=Terms(deadline_s=600)), accept(terms=Terms(deadline_s=600))

    def pass_deadlines() -> None:
        with ledger._write() as connection:
            connection.execute(update(jobs).values(deadline_at=jobs.c.created_at - 1))

    ledger.claim(by_rescue.id, worker="other", lease_s=60)
    ledger.beat(by_rescue.id, attempt=1, lease_s=60, progress=Progress(stage="transcribe"))
    _during_transcription(bench, pass_deadlines)
    bench.task(by_worker.id)
    ledger.rescue(rerelease_after_s=60)
    problems = [ledger.get(job.id).problem for job in (by_worker, by_rescue)]
    assert problems[0] == problems[1]
    assert problems[0] is not None
    assert "in stage transcribe" in problems[0]["detail"]


def test_a_recording_that_is_gone_is_told(
    bench: Bench, accept: Accept, ledger: Ledger, blobs: FolderBlobs
) -> None:
    job = accept()
    blobs.delete(job.audio.key)
    bench.task(job.id)
    problem = ledger.get(job.id).problem
    assert problem is not None
    assert problem["name"] == "blob-missing"


def test_a_diarizer_that_nobody_has_is_the_requests_fault(
    bench: Bench, accept: Accept, ledger: Ledger
) -> None:
    job = accept(diarize=True)
    bench.task(job.id)
    job = ledger.get(job.id)
    assert job.state is State.FAILED
    assert job.problem is not None
    assert job.problem["name"] == "option-wrong"


def test_silence_is_a_success_with_nothing_in_it(
    bench: Bench, accept: Accept, ledger: Ledger, blobs: FolderBlobs, tmp_path: Path
) -> None:
    job = accept((tmp_path / "call.wav").read_bytes()[:44] + bytes(32_000), diarize=False)
    bench.task(job.id)
    made = _transcript(blobs, ledger.get(job.id))
    assert (made.text, made.segments, made.coverage.speech_s) == ("", (), 0.0)
    assert "no speech was found in the audio" in made.warnings


def test_a_second_attempt_hears_only_what_the_first_had_not(
    bench: Bench, accept: Accept, ledger: Ledger, blobs: FolderBlobs
) -> None:
    bench.engine.finder.found = [speech(0.0, 0.5), speech(0.5, 1.0), speech(1.0, 1.5)]
    bench.engine.model.breaks_at = 2
    job = accept(diarize=False)
    bench.task(job.id)
    assert list(blobs.keys("checkpoints/")) == [f"checkpoints/{job.tenant}/{job.id}/1.json"]
    bench.engine.model.breaks_at = None
    bench.engine.model.texts = ["the rest"]
    make_available(ledger, job.id)
    bench.task(job.id)
    made = _transcript(blobs, ledger.get(job.id))
    assert made.text == "hello world hello world the rest"
    assert made.made_with["windows_from_checkpoint"] == 2
    assert list(blobs.keys("checkpoints/")) == []


def test_an_unbroken_transcript_speaks_of_no_checkpoint_and_leaves_none(
    bench: Bench, accept: Accept, ledger: Ledger, blobs: FolderBlobs
) -> None:
    job = accept(diarize=False)
    bench.task(job.id)
    assert "windows_from_checkpoint" not in _transcript(blobs, ledger.get(job.id)).made_with
    assert list(blobs.keys("checkpoints/")) == []


def test_the_same_recording_is_answered_from_the_cache(
    bench: Bench, accept: Accept, ledger: Ledger, blobs: FolderBlobs
) -> None:
    first, second = accept(diarize=False), accept(diarize=False)
    for job in (first, second):
        bench.task(job.id)
    assert len(bench.engine.model.decodings) == 1
    ended = ledger.get(second.id)
    assert (ended.state, ended.audio.seconds) == (State.SUCCEEDED, 2.0)
    assert ended.result_key == f"results/{second.tenant}/{second.id}/1/transcript.json"
    made, copy = (_transcript(blobs, ledger.get(job.id)) for job in (first, second))
    assert copy.made_with == {**made.made_with, "cache": first.id}
    assert copy.segments == made.segments


def test_other_options_are_another_transcript(bench: Bench, accept: Accept) -> None:
    for options in ({"diarize": False}, {"diarize": False, "beam_size": 2}):
        bench.task(accept(**options).id)
    assert len(bench.engine.model.decodings) == 2


def test_a_job_that_wants_no_cache_neither_reads_nor_writes_it(
    bench: Bench, accept: Accept, ledger: Ledger
) -> None:
    for cache in (False, True, False):
        job = accept(diarize=False, terms=Terms(cache=cache))
        bench.task(job.id)
        assert ledger.get(job.id).state is State.SUCCEEDED
    assert len(bench.engine.model.decodings) == 3


def test_another_tenants_transcript_is_nobodys(bench: Bench, accept: Accept) -> None:
    for tenant in ("acme", "other"):
        bench.task(accept(diarize=False, tenant=tenant).id)
    assert len(bench.engine.model.decodings) == 2


def test_a_cached_transcript_that_was_deleted_is_made_again_and_kept(
    bench: Bench, accept: Accept, ledger: Ledger, blobs: FolderBlobs
) -> None:
    jobs = [accept(diarize=False) for _ in range(3)]
    bench.task(jobs[0].id)
    blobs.delete(ledger.get(jobs[0].id).result_key or "")
    for job in jobs[1:]:
        bench.task(job.id)
    assert len(bench.engine.model.decodings) == 2
    made = _transcript(blobs, ledger.get(jobs[2].id))
    assert made.made_with["cache"] == jobs[1].id
