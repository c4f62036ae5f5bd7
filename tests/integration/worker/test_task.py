"""Attempts with a real ledger, real blobs and a real ffmpeg."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.integration.worker.conftest import Bench, Submit, make_available
from tests.support.fake_engine import speech
from tests.support.recordings import wav
from whisperfarm_contract import transcript
from whisperfarm_contract.identifiers import peaks_key, result_key
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import EngineFailed, FarmUnavailable, StorageFull
from whisperfarm_contract.states import JobState
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.ledger.db.tables import jobs
from whisperfarm_store.peaks import read_peaks
from whisperfarm_worker.attempt.settle import Outcome, Settled, Settlement
from whisperfarm_worker.engines.errors import DeviceFailed
from whisperfarm_worker.engines.port import DecodedText, Decoding, OnProgress


def _transcript(blobs: FolderBlobs, job: Job) -> transcript.Transcript:
    assert job.result_key is not None
    with blobs.open(job.result_key) as file:
        return transcript.from_wire(json.loads(file.read()))


def test_job_succeeds_with_its_transcript(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    job = submit(diarize=False)
    bench.task(job.id)
    job = ledger.jobs.get(job.id)
    assert (job.state, job.attempt, job.audio.duration_s) == (JobState.SUCCEEDED, 1, 2.0)
    made = _transcript(blobs, job)
    assert made.text == "hello world"
    assert [word.text for word in made.words()] == ["hello", "world"]


def test_attempt_leaves_no_scratch_files(bench: Bench, submit: Submit) -> None:
    bench.task(submit(diarize=False).id)
    assert [path for path in bench.scratch.rglob("*") if path.is_file()] == []
    assert bench.leases.held() == []


def test_attempt_has_ended_before_its_outcome_is_written(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    ended: list[bool] = []

    class Watched(Settlement):
        def settle(self, job: Job, outcome: Outcome, *, then: Settled = lambda _: None) -> None:
            ended.extend(lease.ended for lease in bench.leases.held())
            super().settle(job, outcome, then=then)

    replace(bench.task, settlement=Watched(ledger, blobs))(submit(diarize=False).id)
    assert ended == [True]


def test_undecodable_audio_fails_the_job_at_once(
    bench: Bench, submit: Submit, ledger: Ledger
) -> None:
    job = submit(b"no sound at all" * 100)
    bench.task(job.id)
    job = ledger.jobs.get(job.id)
    assert (job.state, job.attempt) == (JobState.FAILED, 1)
    assert job.problem is not None
    assert job.problem["name"] == "audio-unreadable"


def test_engine_failures_are_retried_until_exhausted(
    bench: Bench, submit: Submit, ledger: Ledger
) -> None:
    bench.engine.model.error = EngineFailed("broken")
    job = submit()
    states = []
    for _ in range(4):
        make_available(ledger, job.id)
        bench.task(job.id)
        states.append(ledger.jobs.get(job.id).state)
    assert states == [JobState.QUEUED, JobState.QUEUED, JobState.FAILED, JobState.FAILED]
    problem = ledger.jobs.get(job.id).problem
    assert problem is not None
    assert (problem["name"], problem["reason"]["detail"]) == ("attempts-exhausted", "broken")


def test_attempt_after_a_failure_can_succeed(bench: Bench, submit: Submit, ledger: Ledger) -> None:
    job = submit(diarize=False)
    bench.engine.model.error = ValueError("once")
    bench.task(job.id)
    bench.engine.model.error = None
    make_available(ledger, job.id)
    bench.task(job.id)
    assert (ledger.jobs.get(job.id).state, ledger.jobs.get(job.id).attempt) == (
        JobState.SUCCEEDED,
        2,
    )


def test_message_of_a_finished_job_is_dropped(bench: Bench, submit: Submit, ledger: Ledger) -> None:
    job = submit(diarize=False)
    for _ in range(2):
        bench.task(job.id)
    assert (ledger.jobs.get(job.id).attempt, len(bench.engine.model.decodings)) == (1, 1)


@pytest.mark.parametrize("job_id", ["no-such-job", ""])
def test_message_of_an_unknown_job_is_dropped(bench: Bench, job_id: str) -> None:
    bench.task(job_id)
    assert bench.engine.model.decodings == []


def _beat_now(bench: Bench) -> None:
    for lease in bench.leases.held():
        lease.renewed_at -= 20
    bench.leases.heartbeat()


def _during_transcription(bench: Bench, act: Callable[[], None]) -> None:
    """Call `act`, and then send a heartbeat, while the speech model runs."""

    def transcribe(
        windows: list[object], decoding: Decoding, *, on_progress: OnProgress, **_: Any
    ) -> list[DecodedText]:
        act()
        _beat_now(bench)
        on_progress(0.9)
        return [DecodedText("hello", 0.0) for _ in windows]

    bench.engine.model.transcribe = transcribe  # type: ignore[method-assign, assignment]


def test_job_cancelled_while_running_ends_cancelled(
    bench: Bench, submit: Submit, ledger: Ledger
) -> None:
    job = submit()
    _during_transcription(
        bench, lambda: ledger.jobs.request_cancel(job.id, tenant=job.tenant) and None
    )
    bench.task(job.id)
    job = ledger.jobs.get(job.id)
    assert (job.state, job.result_key) == (JobState.CANCELLED, None)


def test_attempt_without_lease_writes_nothing(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    job = submit()

    def somebody_else_takes_it() -> None:
        ledger.attempts.requeue(job.id, attempt=1)
        assert ledger.attempts.claim(job.id, worker="other", lease_s=60) is not None

    _during_transcription(bench, somebody_else_takes_it)
    bench.task(job.id)
    job = ledger.jobs.get(job.id)
    assert (job.state, job.attempt) == (JobState.RUNNING, 2)
    assert list(blobs.keys("results/")) == []


def test_progress_is_stored_in_the_ledger(bench: Bench, submit: Submit, ledger: Ledger) -> None:
    job, seen = submit(diarize=False), list[Job]()
    finished = bench.engine.model.transcribe

    def transcribe(
        windows: list[object], decoding: Decoding, *, on_progress: OnProgress, **_: Any
    ) -> list[DecodedText]:
        on_progress(0.5)
        _beat_now(bench)
        seen.append(ledger.jobs.get(job.id))
        return finished(windows, decoding, on_progress=on_progress)  # type: ignore[arg-type]

    bench.engine.model.transcribe = transcribe  # type: ignore[method-assign, assignment]
    bench.task(job.id)
    (running,) = seen
    assert running.progress is not None
    assert (running.progress.stage, running.progress.fraction) == ("transcribe", 0.5)
    assert running.audio.duration_s == 2.0


def test_draining_worker_requeues_its_job(bench: Bench, submit: Submit, ledger: Ledger) -> None:
    job = submit()
    _during_transcription(bench, lambda: bench.leases.stop_all() and None)
    bench.task(job.id)
    job = ledger.jobs.get(job.id)
    assert (job.state, job.attempt, job.failures) == (JobState.QUEUED, 1, 0)
    assert job.available_at is None


def test_device_failure_ends_the_worker_and_the_attempt(
    bench: Bench, submit: Submit, ledger: Ledger
) -> None:
    bench.engine.model.error = DeviceFailed("CUDA failed")
    job = submit()
    bench.task(job.id)
    assert bench.poisoned == [True]
    job = ledger.jobs.get(job.id)
    assert (job.state, job.failures) == (JobState.QUEUED, 1)


def test_other_failures_do_not_end_the_worker(bench: Bench, submit: Submit) -> None:
    bench.engine.model.error = ValueError("x")
    bench.task(submit().id)
    assert bench.poisoned == []


def test_full_disk_does_not_fail_the_job(
    bench: Bench, submit: Submit, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(key: str, data: bytes) -> None:
        raise StorageFull

    job = submit(diarize=False)
    monkeypatch.setattr(bench.task.blobs, "put", full)
    bench.task(job.id)
    job = ledger.jobs.get(job.id)
    assert job.state is JobState.QUEUED
    assert job.problem is not None
    assert job.problem["name"] == "storage-full"
    assert job.failures == 0
    assert job.available_at is not None
    assert bench.suspected == [("blobs", "storage-full")]


def test_full_scratch_disk_fails_the_job_after_its_attempts(
    bench: Bench, submit: Submit, ledger: Ledger
) -> None:
    task = replace(bench.task, scratch_reserve_bytes=1 << 60)
    job = submit()
    for failures in range(1, job.max_attempts):
        task(job.id)
        waiting = ledger.jobs.get(job.id)
        assert (waiting.state, waiting.failures) == (JobState.QUEUED, failures)
        assert waiting.available_at is not None
        make_available(ledger, job.id)
    task(job.id)
    failed = ledger.jobs.get(job.id)
    assert failed.state is JobState.FAILED
    assert failed.problem is not None
    assert failed.problem["reason"]["name"] == "scratch-full"
    assert "WHISPERFARM_SCRATCH_RESERVE_BYTES" in failed.problem["detail"]
    assert [path for path in bench.scratch.rglob("*") if path.is_file()] == []


def test_channels_too_long_together_fail_the_job_at_once(
    bench: Bench, submit: Submit, ledger: Ledger
) -> None:
    task = replace(bench.task, max_channel_s=7.9)
    job = submit(wav(seconds=2.0, channels=4), channels="speakers")
    task(job.id)
    failed = ledger.jobs.get(job.id)
    assert (failed.state, failed.attempt) == (JobState.FAILED, 1)
    assert failed.problem is not None
    assert failed.problem["name"] == "audio-too-long"


def test_unavailable_recording_reports_the_blob_store(
    bench: Bench, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object) -> None:
        raise FarmUnavailable

    job = submit(diarize=False)
    monkeypatch.setattr(bench.task.blobs, "fetch", unavailable)
    bench.task(job.id)
    assert bench.suspected == [("blobs", "farm-unavailable")]


def test_snooze_without_the_blob_store_does_not_report_it(
    bench: Bench, submit: Submit, ledger: Ledger
) -> None:
    job = submit(diarize=False)
    bench.engine.model.error = StorageFull("the worker's disk is full")
    bench.task(job.id)
    job = ledger.jobs.get(job.id)
    assert job.problem is not None
    assert (job.problem["name"], job.failures) == ("storage-full", 0)
    assert bench.suspected == []


def test_failed_attempt_waits_in_the_ledger_and_holds_nothing(
    bench: Bench, submit: Submit, ledger: Ledger
) -> None:
    bench.engine.model.error = EngineFailed("broken")
    job = submit()
    bench.task(job.id)
    waiting = ledger.jobs.get(job.id)
    assert (waiting.state, waiting.failures) == (JobState.QUEUED, 1)
    assert waiting.available_at is not None
    assert waiting.available_at > (waiting.started_at or 0) + 1
    assert (
        bench.leases.held(),
        ledger.workers.running_counts(),
        ledger.dispatch.list_available(10),
    ) == (
        [],
        {},
        [],
    )
    bench.task(job.id)
    assert ledger.jobs.get(job.id).attempt == 1


def test_outcome_is_settled_once_the_ledger_is_available_again(
    bench: Bench, submit: Submit, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object, **__: object) -> None:
        raise FarmUnavailable

    job = submit(diarize=False)
    with monkeypatch.context() as outage:
        outage.setattr(ledger.attempts, "succeed", unavailable)
        bench.task(job.id)
        assert ledger.jobs.get(job.id).state is JobState.RUNNING
        assert [lease.job.id for lease in bench.leases.held()] == [job.id]
    bench.task.settlement.settle_postponed()
    assert ledger.jobs.get(job.id).state is JobState.SUCCEEDED
    assert bench.leases.held() == []


def test_job_is_not_claimed_while_the_ledger_is_unavailable(
    bench: Bench, submit: Submit, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object, **__: object) -> None:
        raise FarmUnavailable

    job = submit()
    monkeypatch.setattr(ledger.attempts, "claim", unavailable)
    with pytest.raises(FarmUnavailable):
        bench.task(job.id)
    assert bench.suspected == [("ledger", "farm-unavailable")]


def test_exceeded_deadline_is_reported_alike_by_worker_and_rescue(
    bench: Bench, submit: Submit, ledger: Ledger
) -> None:
    by_worker, by_rescue = (
        submit(policy=JobPolicy(deadline_s=600)),
        submit(policy=JobPolicy(deadline_s=600)),
    )

    def pass_deadlines() -> None:
        with ledger.database.write() as connection:
            connection.execute(update(jobs).values(deadline_at=jobs.c.created_at - 1))

    ledger.attempts.claim(by_rescue.id, worker="other", lease_s=60)
    ledger.attempts.heartbeat(
        by_rescue.id, attempt=1, lease_s=60, progress=Progress(stage="transcribe")
    )
    _during_transcription(bench, pass_deadlines)
    bench.task(by_worker.id)
    ledger.dispatch.rescue(redispatch_after_s=60)
    problems = [ledger.jobs.get(job.id).problem for job in (by_worker, by_rescue)]
    assert problems[0] == problems[1]
    assert problems[0] is not None
    assert "in stage transcribe" in problems[0]["detail"]


def test_missing_audio_is_reported(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    job = submit()
    blobs.delete(job.audio.key)
    bench.task(job.id)
    problem = ledger.jobs.get(job.id).problem
    assert problem is not None
    assert problem["name"] == "blob-not-found"


def test_missing_diarizer_fails_the_job(bench: Bench, submit: Submit, ledger: Ledger) -> None:
    job = submit(diarize=True)
    bench.task(job.id)
    job = ledger.jobs.get(job.id)
    assert job.state is JobState.FAILED
    assert job.problem is not None
    assert job.problem["name"] == "invalid-option"


def test_silence_succeeds_with_an_empty_transcript(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs, tmp_path: Path
) -> None:
    job = submit((tmp_path / "call.wav").read_bytes()[:44] + bytes(32_000), diarize=False)
    bench.task(job.id)
    made = _transcript(blobs, ledger.jobs.get(job.id))
    assert (made.text, made.segments, made.coverage.speech_s) == ("", (), 0.0)
    assert "no speech was found in the audio" in made.warnings


def test_second_attempt_transcribes_only_the_rest(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    bench.engine.finder.found = [speech(0.0, 0.5), speech(0.5, 1.0), speech(1.0, 1.5)]
    bench.engine.model.breaks_at = 2
    job = submit(diarize=False)
    bench.task(job.id)
    assert list(blobs.keys("checkpoints/")) == [f"checkpoints/{job.tenant}/{job.id}/1.json"]
    bench.engine.model.breaks_at = None
    bench.engine.model.texts = ["the rest"]
    make_available(ledger, job.id)
    bench.task(job.id)
    made = _transcript(blobs, ledger.jobs.get(job.id))
    assert made.text == "hello world hello world the rest"
    assert made.provenance["windows_from_checkpoint"] == 2
    assert made.provenance["speech_from_checkpoint"] is True
    assert len(bench.engine.finder.asked) == 1
    assert list(blobs.keys("checkpoints/")) == []


def test_second_attempt_detects_speech_again_after_a_damaged_checkpoint(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    bench.engine.finder.found = [speech(0.0, 0.5), speech(0.5, 1.0)]
    bench.engine.model.breaks_at = 1
    job = submit(diarize=False)
    bench.task(job.id)
    (key,) = blobs.keys("checkpoints/")
    with blobs.open(key) as file:
        content = file.read()
    blobs.put(key, content[: len(content) // 2])
    bench.engine.model.breaks_at = None
    make_available(ledger, job.id)
    bench.task(job.id)
    made = _transcript(blobs, ledger.jobs.get(job.id))
    assert made.text == "hello world hello world"
    assert len(bench.engine.finder.asked) == 2
    assert "speech_from_checkpoint" not in made.provenance


def test_uninterrupted_attempt_leaves_no_checkpoint(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    job = submit(diarize=False)
    bench.task(job.id)
    assert "windows_from_checkpoint" not in _transcript(blobs, ledger.jobs.get(job.id)).provenance
    assert list(blobs.keys("checkpoints/")) == []


def test_same_audio_is_answered_from_the_cache(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    first, second = submit(diarize=False), submit(diarize=False)
    for job in (first, second):
        bench.task(job.id)
    assert len(bench.engine.model.decodings) == 1
    ended = ledger.jobs.get(second.id)
    assert (ended.state, ended.audio.duration_s) == (JobState.SUCCEEDED, 2.0)
    assert ended.result_key == f"results/{second.tenant}/{second.id}/1/transcript.json"
    made, copy = (_transcript(blobs, ledger.jobs.get(job.id)) for job in (first, second))
    assert copy.provenance == {**made.provenance, "cache": first.id}
    assert copy.segments == made.segments
    peaks = [read_peaks(blobs, ledger.jobs.get(job.id).result_key or "") for job in (first, second)]
    assert peaks[0] is not None
    assert (peaks[0].duration_s, peaks[0]) == (2.0, peaks[1])


def test_job_succeeds_if_its_peaks_cannot_be_stored(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    job = submit(diarize=False)
    key = peaks_key(result_key(job.tenant, job.id, 1))
    blobs.put(f"{key}/in-the-way", b"a folder, where the file should be")
    bench.task(job.id)
    ended = ledger.jobs.get(job.id)
    assert ended.state is JobState.SUCCEEDED
    assert _transcript(blobs, ended).text


def test_other_options_miss_the_cache(bench: Bench, submit: Submit) -> None:
    for options in ({"diarize": False}, {"diarize": False, "beam_size": 2}):
        bench.task(submit(**options).id)
    assert len(bench.engine.model.decodings) == 2


def test_job_without_cache_neither_reads_nor_writes_it(
    bench: Bench, submit: Submit, ledger: Ledger
) -> None:
    for cache in (False, True, False):
        job = submit(diarize=False, policy=JobPolicy(cache=cache))
        bench.task(job.id)
        assert ledger.jobs.get(job.id).state is JobState.SUCCEEDED
    assert len(bench.engine.model.decodings) == 3


def test_cache_is_separate_per_tenant(bench: Bench, submit: Submit) -> None:
    for tenant in ("acme", "other"):
        bench.task(submit(diarize=False, tenant=tenant).id)
    assert len(bench.engine.model.decodings) == 2


def test_deleted_cached_transcript_is_made_again(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    jobs = [submit(diarize=False) for _ in range(3)]
    bench.task(jobs[0].id)
    blobs.delete(ledger.jobs.get(jobs[0].id).result_key or "")
    for job in jobs[1:]:
        bench.task(job.id)
    assert len(bench.engine.model.decodings) == 2
    made = _transcript(blobs, ledger.jobs.get(jobs[2].id))
    assert made.provenance["cache"] == jobs[1].id
