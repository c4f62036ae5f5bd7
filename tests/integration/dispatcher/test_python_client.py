"""`whisperfarm_client.Farm` against a running dispatcher, and the examples of its page."""

import doctest
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.integration.dispatcher.farm import DEADLINE_S, HELLO, DispatcherFarm, started
from tests.integration.dispatcher.workers import answering
from tests.support.project import ROOT
from tests.support.recordings import wav
from whisperfarm_client import Farm, Leg
from whisperfarm_contract.job import Progress
from whisperfarm_contract.problems import (
    BatchNotFound,
    DeadlineExceeded,
    FarmUnavailable,
    InvalidApiKey,
    JobCancelled,
    JobNotFound,
    MissingAudio,
)

PAGE = ROOT / "docs" / "how-to" / "python-client.md"
KEY = "key-of-an-operator"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    folder = tmp_path_factory.mktemp("farm")
    with started(folder, operator_keys=KEY, dispatch_interval_s=0.01) as farm:
        yield farm


@pytest.fixture
def client(running: DispatcherFarm) -> Iterator[Farm]:
    with Farm(running.url, KEY, timeout_s=DEADLINE_S, environ={}) as farm:
        yield farm


@pytest.fixture
def call(tmp_path: Path, audio: bytes) -> Path:
    path = tmp_path / "call.wav"
    path.write_bytes(audio)
    return path


def test_legs_of_a_call_become_one_job(client: Farm, call: Path, tmp_path: Path) -> None:
    other = tmp_path / 'oth"er\udcff.wav'
    other.write_bytes(wav(seconds=2, rate_hz=8000))
    sent: list[float] = []
    job = client.submit_call(
        [Leg(other, 5.25, "Zoë"), Leg(call)],
        {"reference": "call-18"},
        on_progress=lambda _, fraction: sent.append(fraction),
    )
    assert (job["reference"], job["options"]) == (
        "call-18",
        {"leg_offset_s": "5.25,0", "leg_name": "Zoë,"},
    )
    assert job["audio"]["filename"] == 'oth"er?.wav'
    assert job["audio"]["duration_s"] == 7.25
    assert sent == sorted(sent)
    assert sent[-1] == 1.0


def test_recording_becomes_a_transcript(client: Farm, running: DispatcherFarm, call: Path) -> None:
    stages: list[str] = []
    labels: dict[str, str | bool] = {"reference": "call-17", "diarize": False}
    job = client.submit(call, labels, on_progress=lambda stage, _: stages.append(stage))
    assert (job["state"], job["reference"], job["audio"]["filename"]) == (
        *("queued", "call-17"),
        "call.wav",
    )
    assert stages == ["send"]
    with answering(running):
        ended = client.wait(job["id"], timeout_s=DEADLINE_S, on_progress=lambda *_: None)
    assert ended["state"] == "succeeded"
    assert client.transcript(job["id"])["text"] == "hello there"
    assert client.result(job["id"], "txt") == b"hello there\n"
    assert b"-->" in client.result(job["id"], "srt", max_line_width=20)
    assert [found["id"] for found in client.jobs({"reference": "call-17"})] == [job["id"]]


def test_idempotency_key_makes_one_job(client: Farm, call: Path) -> None:
    first, second = (
        client.submit(call, idempotency_key="one", filename="a.wav")["id"] for _ in range(2)
    )
    assert first == second
    assert client.job(first)["audio"]["filename"] == "a.wav"
    assert client.cancel(first)["state"] == "cancelled"
    again = client.retry(first, idempotency_key="two")
    assert client.retry(first, idempotency_key="two")["id"] == again["id"] != first
    client.cancel(again["id"])


def test_jobs_of_a_batch_are_counted_and_cancelled(client: Farm, call: Path) -> None:
    for _ in range(2):
        client.submit(call, {"batch": "night-1"})
    assert client.batch("night-1")["jobs"]["queued"] == 2
    cancelled = client.cancel_batch("night-1")
    assert (cancelled["id"], cancelled["jobs"]["cancelled"]) == ("night-1", 2)
    with pytest.raises(BatchNotFound):
        client.batch("night-2")


def test_events_end_with_the_job(client: Farm, running: DispatcherFarm, call: Path) -> None:
    job_id = client.submit(call)["id"]
    events = client.events(job_id, timeout_s=DEADLINE_S)
    assert next(events).job["state"] == "queued"
    job = running.claim(job_id)
    assert next(events).job["state"] == "running"
    half = Progress(stage="transcribe", fraction=0.5)
    running.deps.ledger.attempts.heartbeat(job.id, attempt=job.attempt, lease_s=60, progress=half)
    event = next(events)
    assert event.job["progress"] == {"stage": "transcribe", "fraction": 0.5}
    assert client.job(job_id)["state"] == "running"  # while the events are open
    running.succeed(job, HELLO)
    assert [later.job["state"] for later in events] == ["succeeded"]
    later = client.events(job_id, last_event_id=event.id)
    assert [one.job["state"] for one in later] == ["succeeded"]


def test_operator_pauses_and_resumes(client: Farm) -> None:
    assert client.pause("demo", dispatch=False, reason="moving")[0]["preset"] == "demo"
    assert [(one["accept"], one["reason"]) for one in client.pauses()] == [(True, "moving")]
    assert client.resume("demo") == []
    assert [one["name"] for one in client.presets() if one["is_default"]] == ["demo"]


def test_failures_are_problems(client: Farm, running: DispatcherFarm, call: Path) -> None:
    job_id = client.submit(call)["id"]
    with pytest.raises(DeadlineExceeded):
        client.wait(job_id, timeout_s=0.1)
    client.cancel(job_id)
    with pytest.raises(JobCancelled):
        client.transcript(job_id)
    for request in (client.job, client.cancel, client.result, lambda one: list(client.events(one))):
        with pytest.raises(JobNotFound):
            request("unknown")
    with pytest.raises(MissingAudio):
        client.submit(call.with_name("missing.wav"))
    with Farm(running.url, "another", environ={}) as other, pytest.raises(InvalidApiKey):
        next(other.jobs())
    with Farm("http://127.0.0.1:1", timeout_s=0.1) as away, pytest.raises(FarmUnavailable):
        away.wait("unknown")


def test_farm_of_each_thread_is_independent(running: DispatcherFarm, call: Path) -> None:
    ids: list[str] = []

    def send() -> None:
        with Farm(running.url, KEY, environ={}) as farm:
            ids.append(farm.submit(call)["id"])

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 4


def test_examples_of_the_page(
    running: DispatcherFarm, call: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(call.parent)
    monkeypatch.setitem(os.environ, "WHISPERFARM_URL", running.url)
    monkeypatch.setitem(os.environ, "WHISPERFARM_API_KEY", KEY)
    # The farm runs in this process and would log to the stdout of the examples.
    with answering(running), capture_logs():
        failures, examples = doctest.testfile(str(PAGE), module_relative=False)
    assert (failures, examples > 0) == (0, True)
