"""Waiting for a job, fetching its transcript, and giving it up."""

from pathlib import Path
from typing import Any

import pytest

from whisperfarm_client import audio_file
from whisperfarm_client.api import Farm
from whisperfarm_contract.problems import (
    DeadlinePassed,
    EngineFailed,
    JobUnknown,
    KeyWrong,
    Problem,
)


def test_the_end_of_the_job_is_waited_for(farm: Any, remote: Farm, sleeper: Any) -> None:
    def running(handler: Any) -> None:
        farm.note("wait", handler)
        stage = {"stage": "transcribe", "done": 0.5}
        handler.answer(200, {"id": "j1", "state": "running", "progress": stage})

    heard: list[tuple[str, float]] = []
    farm.on("wait", running, running)
    job = remote.follow("j1", sleeper.patience(), lambda *one: heard.append(one), wait_s=20.0)
    assert job["state"] == "succeeded"
    assert heard == [("transcribe", 0.5)] * 2
    assert [seen.query["wait"] for seen in farm.seen] == ["20.000"] * 3


def test_a_queued_job_shows_its_place(farm: Any, remote: Farm, sleeper: Any) -> None:
    turns = iter([{"starts_in_s": None}, {"starts_in_s": 41.7}])

    def queued(handler: Any) -> None:
        turn = {"ahead": {"jobs": 12, "audio_s": 300.0}, **next(turns)}
        handler.answer(200, {"id": "j1", "state": "queued", "progress": None, **turn})

    heard: list[str] = []
    farm.on("wait", queued, queued)
    remote.follow("j1", sleeper.patience(), lambda stage, _: heard.append(stage), wait_s=20.0)
    assert heard == ["queued, 12 ahead", "queued, 12 ahead, starts in about 42 s"]


def test_the_question_is_never_held_past_the_deadline(
    farm: Any, remote: Farm, sleeper: Any
) -> None:
    remote.follow("j1", sleeper.patience(deadline=10.0), lambda *_: None, wait_s=20.0)
    assert farm.seen[0].query["wait"] == "9.000"


def test_a_reset_while_waiting_is_survived(farm: Any, remote: Farm, sleeper: Any) -> None:
    farm.on("wait", lambda handler: handler.reset(), lambda handler: handler.reset())
    job = remote.follow("j1", sleeper.patience(), lambda *_: None, wait_s=20.0)
    assert job["state"] == "succeeded"
    assert len(sleeper.pauses) == 2


def test_a_farm_that_is_away_for_long_after_it_took_the_job_is_waited_for(
    farm: Any, remote: Farm, wav: Path, sleeper: Any
) -> None:
    patience = sleeper.patience(connect_s=1.0)
    job_id = remote.submit(audio_file.find(str(wav)), {}, patience, lambda *_: None)
    farm.close()

    def open_late() -> None:
        if len(sleeper.pauses) == 10:
            farm.open()

    sleeper.meanwhile = open_late
    job = remote.follow(job_id, patience, lambda *_: None, wait_s=20.0)
    assert job["state"] == "succeeded"
    assert sleeper.now > 30.0


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("kind", ["wait", "result"])
def test_a_farm_that_fails_for_a_while_is_asked_again(
    farm: Any, remote: Farm, sleeper: Any, kind: str, status: int
) -> None:
    def from_the_farm(handler: Any) -> None:
        handler.answer(status, Problem("its log says why").to_wire())

    def from_a_proxy(handler: Any) -> None:
        handler.answer_bytes(status, b"<html>", kind="text/html")

    patience = sleeper.patience(connect_s=1.0)
    patience.accepted("j1")
    farm.on(kind, *[from_the_farm, from_a_proxy] * 2)
    job = remote.follow("j1", patience, lambda *_: None, wait_s=20.0)
    assert job["state"] == "succeeded"
    assert b"Good morning." in remote.result("j1", patience)
    assert sleeper.now > 1.0


def test_a_farm_that_fails_for_ever_is_given_up_at_the_deadline(
    farm: Any, remote: Farm, sleeper: Any
) -> None:
    patience = sleeper.patience(deadline=60.0)
    patience.accepted("j1")
    broken = Problem("its log says why").to_wire()
    farm.on("wait", *[lambda handler: handler.answer(500, broken)] * 50)
    with pytest.raises(DeadlinePassed, match="deadline exceeded: its log says why"):
        remote.follow("j1", patience, lambda *_: None, wait_s=20.0)
    assert sleeper.now > 50.0


@pytest.mark.parametrize("problem", [KeyWrong(), JobUnknown(), EngineFailed("at this job")])
def test_an_answer_that_will_stay_so_ends_the_waiting(
    farm: Any, remote: Farm, sleeper: Any, problem: Problem
) -> None:
    patience = sleeper.patience()
    patience.accepted("j1")
    farm.on("wait", lambda handler: handler.answer(problem.status, problem.to_wire()))
    with pytest.raises(type(problem)):
        remote.follow("j1", patience, lambda *_: None, wait_s=20.0)
    assert sleeper.pauses == []


def test_the_result_is_fetched_as_json(farm: Any, remote: Farm, sleeper: Any) -> None:
    assert b"Good morning." in remote.result("j1", sleeper.patience())
    (seen,) = farm.seen
    assert (seen.path, seen.query) == ("/v1/jobs/j1/result", {"format": "json"})


def test_half_a_result_is_fetched_again(farm: Any, remote: Farm, sleeper: Any) -> None:
    def half(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"text":')
        handler.close_connection = True

    farm.on("result", half)
    assert b"Good morning." in remote.result("j1", sleeper.patience())


def test_cancelling_is_asked_for_once(farm: Any, remote: Farm) -> None:
    farm.on("cancel", lambda handler: handler.reset())
    remote.cancel("j1")
    assert farm.seen == []


def test_cancelling_a_farm_that_is_gone_is_no_failure(farm: Any, remote: Farm) -> None:
    farm.close()
    remote.cancel("j1")


def test_all_calls_share_one_connection(farm: Any, remote: Farm, wav: Path, sleeper: Any) -> None:
    ports: list[int] = []
    for kind in ("submit", "wait", "result"):
        usual = getattr(farm, kind)

        def act(handler: Any, usual: Any = usual) -> None:
            ports.append(handler.client_address[1])
            usual(handler)

        farm.on(kind, act)
    patience = sleeper.patience()
    remote.submit(audio_file.find(str(wav)), {}, patience, lambda *_: None)
    remote.follow("j1", patience, lambda *_: None, wait_s=20.0)
    remote.result("j1", patience)
    assert len(set(ports)) == 1
    assert len(ports) == 3
