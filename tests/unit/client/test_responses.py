import json
from typing import Any

import pytest

from whisperfarm_client import responses
from whisperfarm_client.address import parse
from whisperfarm_client.errors import AnswerWrong
from whisperfarm_client.transport import Answer
from whisperfarm_contract.problems import (
    AttemptsSpent,
    AudioTooLarge,
    EngineFailed,
    KeyWrong,
    LanguageUnknown,
    Problem,
    StorageFull,
)

FARM = parse("http://farm")


def _answer(status: int, body: Any = b"<html>", **headers: str) -> Answer:
    return Answer(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_farm_is_asked_again(status: int) -> None:
    assert responses.is_for_later(_answer(status))


@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 413, 422, 500, 507])
def test_any_other_answer_is_final(status: int) -> None:
    assert not responses.is_for_later(_answer(status))


@pytest.mark.parametrize("body", [b"<html>", Problem("it failed").to_wire(), {"detail": "?"}])
@pytest.mark.parametrize("status", [500, 502, 520, 599])
def test_a_fault_without_a_name_may_pass(status: int, body: Any) -> None:
    assert responses.is_fault(_answer(status, body))


@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 409, 422, 501, 505, 507, 511])
def test_other_answers_are_no_faults_that_pass(status: int) -> None:
    assert not responses.is_fault(_answer(status))


@pytest.mark.parametrize("problem", [EngineFailed(), AttemptsSpent(), StorageFull()])
def test_a_fault_that_the_farm_has_a_name_for_does_not_pass(problem: Problem) -> None:
    assert not responses.is_fault(_answer(500, problem.to_wire()))


def test_a_problem_document_tells_its_problem() -> None:
    problem = responses.problem(_answer(422, LanguageUnknown("language: xx").to_wire()), FARM)
    assert isinstance(problem, LanguageUnknown)
    assert problem.detail == "language: xx"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, KeyWrong),
        (403, KeyWrong),
        (413, AudioTooLarge),
        (404, AnswerWrong),
        (500, AnswerWrong),
    ],
)
def test_a_proxy_is_understood_by_its_status(status: int, kind: type[Problem]) -> None:
    problem = responses.problem(_answer(status), FARM)
    assert type(problem) is kind
    assert f"http://farm:80 responded with status {status}" in problem.detail


def test_a_redirect_says_where_it_points() -> None:
    problem = responses.problem(_answer(308, location="https://farm/"), FARM)
    assert isinstance(problem, AnswerWrong)
    assert "redirects to https://farm/" in problem.detail


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"\xff", {"state": "queued"}])
def test_an_answer_that_is_not_a_farms_is_refused(body: Any) -> None:
    with pytest.raises(AnswerWrong, match="is not a whisperfarm"):
        responses.document(_answer(200, body), FARM, "id")


@pytest.mark.parametrize(("text", "wait_s"), [("7", 7.0), ("", 0.0), ("Fri, 20 Nov 2026", 0.0)])
def test_the_time_to_come_back_is_read_in_seconds(text: str, wait_s: float) -> None:
    assert Answer(503, {"retry-after": text}, b"").retry_after_s == wait_s
