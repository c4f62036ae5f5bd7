"""Events of a job: the fields of server-sent events, and broken connections."""

import json
from typing import Any

import pytest

from tests.unit.client.conftest import Remote, job
from whisperfarm_client import events
from whisperfarm_client.errors import BadResponse
from whisperfarm_contract.problems import JobNotFound


def _event(state: str, event_id: str) -> bytes:
    return f"event: {state}\nid: {event_id}\ndata: {json.dumps(job(state))}\n\n".encode()


def _parse(text: bytes) -> list[tuple[str, str]]:
    found = events.parse(iter(text.splitlines(keepends=True)))
    return [(event.id, event.job["state"]) for event in found]


def _sends(farm: Any, *blocks: bytes) -> Any:
    """Return a behaviour that sends the blocks as a response without a length and ends it."""

    def act(handler: Any) -> None:
        farm.note("wait", handler)
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(b"".join(blocks))

    return act


def test_comments_and_unknown_fields_are_ignored() -> None:
    text = (
        b": ping\n\nretry: 100\n" + _event("queued", "1") + b": ping\n\n" + _event("running", "2")
    )
    assert _parse(text) == [("1", "queued"), ("2", "running")]


def test_event_has_the_partial_segments() -> None:
    segment = {"start": 0.0, "end": 1.0, "channel": 0, "language": "en", "text": "hi"}
    partial = {"attempt": 1, "voids_earlier": False, "segments": [segment]}
    data = json.dumps({**job("running"), "partial": partial}).encode()
    (event,) = events.parse(iter([b"id: 1\n", b"data: " + data + b"\n", b"\n"]))
    assert event.job["partial"] == partial


def test_incomplete_event_is_not_returned() -> None:
    assert _parse(_event("queued", "1") + _event("running", "2")[:-1]) == [("1", "queued")]


@pytest.mark.parametrize("data", [b"hello", b"[]", b"{}", b'{"id": "j1"}'])
def test_event_that_is_not_a_job_is_a_bad_response(data: bytes) -> None:
    with pytest.raises(BadResponse, match="is not a job"):
        _parse(b"data: " + data + b"\n\n")


def test_event_that_is_too_large_is_a_bad_response() -> None:
    with pytest.raises(BadResponse, match="maximum"):
        _parse(b"data: " + bytes(600_000) + b"\ndata: " + bytes(600_000) + b"\n")


def test_events_go_on_when_the_connection_breaks(farm: Any, remote: Remote, sleeper: Any) -> None:
    queued, running = _event("queued", "1"), _event("running", "2")
    farm.on(
        "wait",
        _sends(farm, queued, running[:20]),
        lambda handler: handler.reset(),
        lambda handler: handler.answer(503, {"name": "unavailable", "detail": "later"}),
        _sends(farm, running),
        _sends(farm, _event("succeeded", "3"), _event("running", "4")),
    )
    followed = remote(sleeper.retrier()).events("j1")
    assert [event.id for event in followed] == ["1", "2", "3"]
    resumed = [request.headers.get("last-event-id") for request in farm.seen]
    assert resumed == [None, "1", "2"]


def test_events_go_on_after_a_given_event(farm: Any, remote: Remote, sleeper: Any) -> None:
    farm.on("wait", _sends(farm, _event("succeeded", "9")))
    (event,) = remote(sleeper.retrier()).events("j1", last_event_id="8")
    assert event.id == "9"
    assert farm.seen[0].headers["last-event-id"] == "8"


def test_events_of_an_unknown_job_are_its_problem(farm: Any, remote: Remote, sleeper: Any) -> None:
    problem = JobNotFound()
    farm.on("wait", lambda handler: handler.answer(problem.status, problem.to_wire()))
    with pytest.raises(JobNotFound):
        next(remote(sleeper.retrier()).events("j1"))
