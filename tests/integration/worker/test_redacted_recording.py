"""Redacted copies of recordings, with a real ledger, real blobs and a real ffmpeg."""

import io
import subprocess
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.integration.worker.conftest import Bench, Submit
from tests.support.fake_engine import noise, speech
from tests.support.recordings import ffmpeg_path, wav
from whisperfarm_contract import leg_container
from whisperfarm_contract.identifiers import redacted_audio_key, redacted_keys, result_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import StorageFull
from whisperfarm_contract.states import JobState
from whisperfarm_store.blobs import BlobWriter, FolderBlobs
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.redaction.recording import RedactedRecording, read_redacted
from whisperfarm_worker.redaction.masked_spans import MARGIN_S

TEXT = "pay with 4111 1111 1111 1111 please"
"""Seven words in the 1.4 seconds of the fake speech: the number is from 0.4 to 1.2 s."""

MASKED = (0.4 - MARGIN_S, 1.2 + MARGIN_S)
RATE_HZ = 16_000
FORMATS: Mapping[str, tuple[str, ...]] = {
    "mono.wav": (),
    "telephone.wav": ("-ar", "8000", "-c:a", "pcm_mulaw"),
    "music.mp3": ("-metadata", "title=4111 1111 1111 1111"),
}


@pytest.fixture(autouse=True)
def _number_is_spoken(bench: Bench) -> None:
    bench.engine.finder.found = [speech(0.0, 1.4)]
    bench.engine.model.texts = [TEXT] * 2


def pcm(seconds: float = 2.0, channels: int = 1) -> bytes:
    scaled = noise(seconds, channels=channels).T * 32767
    return wav(scaled.astype("<i2").tobytes(), channels=channels)


def redacted(blobs: FolderBlobs, ledger: Ledger, job: Job) -> tuple[np.ndarray, RedactedRecording]:
    """Return the samples of the redacted recording, of shape (frames, channels), and its spans."""
    key = ledger.jobs.get(job.id).result_key
    assert key is not None
    made = read_redacted(blobs, key)
    assert made is not None
    with blobs.open(redacted_audio_key(key)) as file, wave.open(file) as audio:
        assert (audio.getframerate(), audio.getsampwidth()) == (RATE_HZ, 2)
        samples = np.frombuffer(audio.readframes(audio.getnframes()), "<i2")
        assert file.read() == b""
        return samples.reshape(-1, audio.getnchannels()), made


def assert_masked(found: np.ndarray, original: np.ndarray) -> None:
    """Assert that the number is masked in all channels, and nothing else."""
    first, last = (round(time * RATE_HZ) for time in MASKED)
    assert original[first:last].any(axis=0).all()
    expected = original.copy()
    expected[first:last] = 0
    assert np.argwhere(found != expected).size == 0


@pytest.mark.parametrize("name", FORMATS)
def test_number_is_masked_and_the_rest_is_unchanged(
    name: str, bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    path = bench.scratch / name
    command = [ffmpeg_path(), "-loglevel", "error", "-f", "wav", "-i", "-", *FORMATS[name], path]
    subprocess.run(command, input=pcm(), check=True)
    jobs = [submit(path.read_bytes(), diarize=False, redact=kinds) for kinds in ("card", "iban")]
    for job in jobs:
        bench.task(job.id)
    (found, made), (original, _) = (redacted(blobs, ledger, job) for job in jobs)
    assert_masked(found, original)
    assert (made.kinds, made.sound) == (("card",), "mute")
    assert made.masked == (pytest.approx(MASKED),)


def test_number_is_masked_in_all_channels(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    bench.engine.model.texts = [TEXT, "thank you"]
    audio = pcm(1.5, channels=2)  # no sound that is not beside a word
    job = submit(audio, diarize=False, channels="speakers", redact="card")
    bench.task(job.id)
    found, _ = redacted(blobs, ledger, job)
    with wave.open(io.BytesIO(audio)) as file:
        original = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert_masked(found, original)


def test_legs_are_channels_on_the_time_line_of_the_call(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    legs = [pcm(1.5), pcm(1.0)]
    call = b"".join([*legs, leg_container.index([len(one) for one in legs])])
    job = submit(call, diarize=False, leg_offset_s="0,0.5", redact="card")
    bench.task(job.id)
    found, _ = redacted(blobs, ledger, job)
    first, second = found.T
    assert_masked(first[:, np.newaxis], np.frombuffer(pcm(1.5)[44:], "<i2")[:, np.newaxis])
    assert len(second) == len(first)
    assert not second.any()  # a copy of the first leg, half a second later, without words


def test_beep_replaces_the_number(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    job = submit(diarize=False, redact="card", redact_sound="beep")
    bench.task(job.id)
    found, made = redacted(blobs, ledger, job)
    assert made.sound == "beep"
    assert found[round(0.5 * RATE_HZ) : round(1.1 * RATE_HZ)].std() > 1000


def test_redacted_recording_needs_the_samples_and_fills_the_cache(
    bench: Bench, submit: Submit, ledger: Ledger, blobs: FolderBlobs
) -> None:
    jobs = [submit(diarize=False, redact=kinds) for kinds in (None, "card", None)]
    for job in jobs:
        bench.task(job.id)
    assert len(bench.engine.model.decodings) == 2
    assert redacted(blobs, ledger, jobs[1])[1].masked
    cached = ledger.jobs.get(jobs[2].id).result_key or ""
    assert read_redacted(blobs, cached) is None


def test_kind_that_the_worker_does_not_know_is_not_left_unmasked(
    bench: Bench, submit: Submit, ledger: Ledger
) -> None:
    job = submit(diarize=False, redact="card,staff")
    bench.task(job.id)
    problem = ledger.jobs.get(job.id).problem or {}
    assert (problem["name"], bench.engine.model.decodings) == ("invalid-settings", [])
    assert "'staff' is not a kind of data" in problem["detail"]
    assert "WHISPERFARM_REDACTION_FILE" in problem["detail"]


class _Full(FolderBlobs):
    """Has no space for blobs of one name."""

    def __init__(self, root: Path, name: str) -> None:
        super().__init__(root)
        self._name = name

    @contextmanager
    def writer(self, key: str) -> Iterator[BlobWriter]:
        with super().writer(key) as writer:
            yield writer
            if key.endswith(self._name):
                raise StorageFull


@pytest.mark.parametrize("full_at", ["redacted.wav", "redacted.json", "transcript.json"])
def test_full_blob_store_leaves_nothing_and_does_not_fail_the_job(
    full_at: str, bench: Bench, submit: Submit, ledger: Ledger, tmp_path: Path
) -> None:
    full = _Full(tmp_path / "blobs", full_at)
    task = replace(bench.task, blobs=full, redactor=replace(bench.task.redactor, blobs=full))
    job = submit(diarize=False, redact="card")
    task(job.id)
    job = ledger.jobs.get(job.id)
    assert job.problem is not None
    assert (job.state, job.problem["name"]) == (JobState.QUEUED, "storage-full")
    assert bench.suspected == [("blobs", "storage-full")]
    assert not set(full.keys("results/")) & set(redacted_keys(result_key(job.tenant, job.id, 1)))
