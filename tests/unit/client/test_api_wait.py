"""Waiting for a job, fetching its transcript, cancelling it."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.client.conftest import Remote, job
from whisperfarm_contract.problems import (
    DeadlineExceeded,
    EngineFailed,
    InvalidApiKey,
    JobNotFound,
    Problem,
)


def test_wait_returns_the_finished_job(farm: Any, remote: Remote, sleeper: Any) -> None:
    def running(handler: Any) -> None:
        farm.note("wait", handler)
        stage = {"stage": "transcribe", "fraction": 0.5}
        handler.answer(200, job("running", progress=stage))

    heard: list[tuple[str, float]] = []
    farm.on("wait", running, running)
    ended = remote(sleeper.retrier()).wait("j1", on_progress=lambda *one: heard.append(one))
    assert ended["state"] == "succeeded"
    assert heard == [("transcribe", 0.5)] * 2
    assert [seen.query["wait"] for seen in farm.seen] == ["2.000"] * 3


def test_wait_reports_the_queue_position(farm: Any, remote: Remote, sleeper: Any) -> None:
    turns = iter([{"starts_in_s": None}, {"starts_in_s": 41.7}])

    def queued(handler: Any) -> None:
        turn = {"ahead": {"jobs": 12, "audio_s": 300.0}, **next(turns)}
        handler.answer(200, job("queued", progress=None, **turn))

    heard: list[str] = []
    farm.on("wait", queued, queued)
    remote(sleeper.retrier()).wait("j1", on_progress=lambda stage, _: heard.append(stage))
    assert heard == ["queued, 12 ahead", "queued, 12 ahead, starts in about 42 s"]


def test_wait_never_exceeds_the_deadline(farm: Any, remote: Remote, sleeper: Any) -> None:
    remote(sleeper.retrier(deadline=10.0)).wait("j1")
    assert farm.seen[0].query["wait"] == "9.000"


def test_wait_survives_a_connection_reset(farm: Any, remote: Remote, sleeper: Any) -> None:
    farm.on("wait", lambda handler: handler.reset(), lambda handler: handler.reset())
    ended = remote(sleeper.retrier()).wait("j1")
    assert ended["state"] == "succeeded"
    assert len(sleeper.pauses) == 2


def test_wait_survives_a_long_outage(farm: Any, remote: Remote, wav: Path, sleeper: Any) -> None:
    retrier = sleeper.retrier(connect_timeout_s=1.0)
    job_id = remote(retrier).submit(wav)["id"]
    farm.close()

    def open_late() -> None:
        if len(sleeper.pauses) == 10:
            farm.open()

    sleeper.meanwhile = open_late
    ended = remote(retrier).wait(job_id)
    assert ended["state"] == "succeeded"
    assert sleeper.now > 30.0


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("kind", ["wait", "result"])
def test_wait_retries_server_errors(
    farm: Any, remote: Remote, sleeper: Any, kind: str, status: int
) -> None:
    def from_the_farm(handler: Any) -> None:
        handler.answer(status, Problem("its log says why").to_wire())

    def from_a_proxy(handler: Any) -> None:
        handler.answer_bytes(status, b"<html>", kind="text/html")

    retrier = sleeper.retrier(connect_timeout_s=1.0)
    retrier.accepted("j1")
    farm.on(kind, *[from_the_farm, from_a_proxy] * 2)
    ended = remote(retrier).wait("j1")
    assert ended["state"] == "succeeded"
    assert b"Good morning." in remote(retrier).result("j1")
    assert sleeper.now > 1.0


def test_wait_gives_up_on_server_errors_at_the_deadline(
    farm: Any, remote: Remote, sleeper: Any
) -> None:
    retrier = sleeper.retrier(deadline=60.0)
    retrier.accepted("j1")
    broken = Problem("its log says why").to_wire()
    farm.on("wait", *[lambda handler: handler.answer(500, broken)] * 50)
    with pytest.raises(DeadlineExceeded, match="deadline exceeded: its log says why"):
        remote(retrier).wait("j1")
    assert sleeper.now > 50.0


@pytest.mark.parametrize("problem", [InvalidApiKey(), JobNotFound(), EngineFailed("at this job")])
def test_wait_stops_at_a_permanent_problem(
    farm: Any, remote: Remote, sleeper: Any, problem: Problem
) -> None:
    retrier = sleeper.retrier()
    retrier.accepted("j1")
    farm.on("wait", lambda handler: handler.answer(problem.status, problem.to_wire()))
    with pytest.raises(type(problem)):
        remote(retrier).wait("j1")
    assert sleeper.pauses == []


def test_result_is_requested_as_json(farm: Any, remote: Remote, sleeper: Any) -> None:
    assert b"Good morning." in remote(sleeper.retrier()).result("j1")
    (seen,) = farm.seen
    assert (seen.path, seen.query) == ("/v1/jobs/j1/result", {"format": "json"})


def test_incomplete_result_is_requested_again(farm: Any, remote: Remote, sleeper: Any) -> None:
    def half(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"text":')
        handler.close_connection = True

    farm.on("result", half)
    assert b"Good morning." in remote(sleeper.retrier()).result("j1")


def test_all_requests_share_one_connection(
    farm: Any, remote: Remote, wav: Path, sleeper: Any
) -> None:
    ports: list[int] = []
    for kind in ("submit", "wait", "result"):
        usual = getattr(farm, kind)

        def act(handler: Any, usual: Any = usual) -> None:
            ports.append(handler.client_address[1])
            usual(handler)

        farm.on(kind, act)
    retrier = sleeper.retrier()
    remote(retrier).submit(wav)
    remote(retrier).wait("j1")
    remote(retrier).result("j1")
    assert len(set(ports)) == 1
    assert len(ports) == 3
