"""Waiting for a job, fetching its transcript, cancelling it."""

from pathlib import Path
from typing import Any

import pytest

from whisperfarm_client import audio_file
from whisperfarm_client.api import FarmApi
from whisperfarm_contract.problems import (
    DeadlineExceeded,
    EngineFailed,
    InvalidApiKey,
    JobNotFound,
    Problem,
)


def test_wait_returns_the_finished_job(farm: Any, remote: FarmApi, sleeper: Any) -> None:
    def running(handler: Any) -> None:
        farm.note("wait", handler)
        stage = {"stage": "transcribe", "fraction": 0.5}
        handler.answer(200, {"id": "j1", "state": "running", "progress": stage})

    heard: list[tuple[str, float]] = []
    farm.on("wait", running, running)
    job = remote.wait_until_finished(
        "j1", sleeper.retrier(), lambda *one: heard.append(one), wait_s=20.0
    )
    assert job["state"] == "succeeded"
    assert heard == [("transcribe", 0.5)] * 2
    assert [seen.query["wait"] for seen in farm.seen] == ["20.000"] * 3


def test_wait_reports_the_queue_position(farm: Any, remote: FarmApi, sleeper: Any) -> None:
    turns = iter([{"starts_in_s": None}, {"starts_in_s": 41.7}])

    def queued(handler: Any) -> None:
        turn = {"ahead": {"jobs": 12, "audio_s": 300.0}, **next(turns)}
        handler.answer(200, {"id": "j1", "state": "queued", "progress": None, **turn})

    heard: list[str] = []
    farm.on("wait", queued, queued)
    remote.wait_until_finished(
        "j1", sleeper.retrier(), lambda stage, _: heard.append(stage), wait_s=20.0
    )
    assert heard == ["queued, 12 ahead", "queued, 12 ahead, starts in about 42 s"]


def test_wait_never_exceeds_the_deadline(farm: Any, remote: FarmApi, sleeper: Any) -> None:
    remote.wait_until_finished("j1", sleeper.retrier(deadline=10.0), lambda *_: None, wait_s=20.0)
    assert farm.seen[0].query["wait"] == "9.000"


def test_wait_survives_a_connection_reset(farm: Any, remote: FarmApi, sleeper: Any) -> None:
    farm.on("wait", lambda handler: handler.reset(), lambda handler: handler.reset())
    job = remote.wait_until_finished("j1", sleeper.retrier(), lambda *_: None, wait_s=20.0)
    assert job["state"] == "succeeded"
    assert len(sleeper.pauses) == 2


def test_wait_survives_a_long_outage(farm: Any, remote: FarmApi, wav: Path, sleeper: Any) -> None:
    retrier = sleeper.retrier(connect_timeout_s=1.0)
    job_id = remote.submit(audio_file.open_audio(str(wav)), {}, retrier, lambda *_: None)
    farm.close()

    def open_late() -> None:
        if len(sleeper.pauses) == 10:
            farm.open()

    sleeper.meanwhile = open_late
    job = remote.wait_until_finished(job_id, retrier, lambda *_: None, wait_s=20.0)
    assert job["state"] == "succeeded"
    assert sleeper.now > 30.0


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("kind", ["wait", "result"])
def test_wait_retries_server_errors(
    farm: Any, remote: FarmApi, sleeper: Any, kind: str, status: int
) -> None:
    def from_the_farm(handler: Any) -> None:
        handler.answer(status, Problem("its log says why").to_wire())

    def from_a_proxy(handler: Any) -> None:
        handler.answer_bytes(status, b"<html>", kind="text/html")

    retrier = sleeper.retrier(connect_timeout_s=1.0)
    retrier.accepted("j1")
    farm.on(kind, *[from_the_farm, from_a_proxy] * 2)
    job = remote.wait_until_finished("j1", retrier, lambda *_: None, wait_s=20.0)
    assert job["state"] == "succeeded"
    assert b"Good morning." in remote.result("j1", retrier)
    assert sleeper.now > 1.0


def test_wait_gives_up_on_server_errors_at_the_deadline(
    farm: Any, remote: FarmApi, sleeper: Any
) -> None:
    retrier = sleeper.retrier(deadline=60.0)
    retrier.accepted("j1")
    broken = Problem("its log says why").to_wire()
    farm.on("wait", *[lambda handler: handler.answer(500, broken)] * 50)
    with pytest.raises(DeadlineExceeded, match="deadline exceeded: its log says why"):
        remote.wait_until_finished("j1", retrier, lambda *_: None, wait_s=20.0)
    assert sleeper.now > 50.0


@pytest.mark.parametrize("problem", [InvalidApiKey(), JobNotFound(), EngineFailed("at this job")])
def test_wait_stops_at_a_permanent_problem(
    farm: Any, remote: FarmApi, sleeper: Any, problem: Problem
) -> None:
    retrier = sleeper.retrier()
    retrier.accepted("j1")
    farm.on("wait", lambda handler: handler.answer(problem.status, problem.to_wire()))
    with pytest.raises(type(problem)):
        remote.wait_until_finished("j1", retrier, lambda *_: None, wait_s=20.0)
    assert sleeper.pauses == []


def test_result_is_requested_as_json(farm: Any, remote: FarmApi, sleeper: Any) -> None:
    assert b"Good morning." in remote.result("j1", sleeper.retrier())
    (seen,) = farm.seen
    assert (seen.path, seen.query) == ("/v1/jobs/j1/result", {"format": "json"})


def test_incomplete_result_is_requested_again(farm: Any, remote: FarmApi, sleeper: Any) -> None:
    def half(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"text":')
        handler.close_connection = True

    farm.on("result", half)
    assert b"Good morning." in remote.result("j1", sleeper.retrier())


def test_cancel_sends_one_request(farm: Any, remote: FarmApi) -> None:
    farm.on("cancel", lambda handler: handler.reset())
    remote.cancel("j1")
    assert farm.seen == []


def test_cancel_ignores_an_unreachable_farm(farm: Any, remote: FarmApi) -> None:
    farm.close()
    remote.cancel("j1")


def test_all_requests_share_one_connection(
    farm: Any, remote: FarmApi, wav: Path, sleeper: Any
) -> None:
    ports: list[int] = []
    for kind in ("submit", "wait", "result"):
        usual = getattr(farm, kind)

        def act(handler: Any, usual: Any = usual) -> None:
            ports.append(handler.client_address[1])
            usual(handler)

        farm.on(kind, act)
    retrier = sleeper.retrier()
    remote.submit(audio_file.open_audio(str(wav)), {}, retrier, lambda *_: None)
    remote.wait_until_finished("j1", retrier, lambda *_: None, wait_s=20.0)
    remote.result("j1", retrier)
    assert len(set(ports)) == 1
    assert len(ports) == 3
