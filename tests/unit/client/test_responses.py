import json
from typing import Any

import pytest

from whisperfarm_client import farm_documents, responses
from whisperfarm_client.address import parse
from whisperfarm_client.errors import BadResponse
from whisperfarm_client.transport import HttpResponse
from whisperfarm_contract.problems import (
    AttemptsExhausted,
    AudioTooLarge,
    EngineFailed,
    InvalidApiKey,
    MissingApiKey,
    Problem,
    StorageFull,
    UnknownLanguage,
)

FARM = parse("http://farm")


def _answer(status: int, body: Any = b"<html>", **headers: str) -> HttpResponse:
    return HttpResponse(
        status, headers, body if isinstance(body, bytes) else json.dumps(body).encode()
    )


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_response_is_retryable(status: int) -> None:
    assert responses.is_retryable(_answer(status))


@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 413, 422, 500, 507])
def test_other_responses_are_not_retryable(status: int) -> None:
    assert not responses.is_retryable(_answer(status))


@pytest.mark.parametrize("body", [b"<html>", Problem("it failed").to_wire(), {"detail": "?"}])
@pytest.mark.parametrize("status", [500, 502, 520, 599])
def test_unnamed_error_is_a_server_error(status: int, body: Any) -> None:
    assert responses.is_server_error(_answer(status, body))


@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 409, 422, 501, 505, 507, 511])
def test_other_responses_are_no_server_errors(status: int) -> None:
    assert not responses.is_server_error(_answer(status))


@pytest.mark.parametrize("problem", [EngineFailed(), AttemptsExhausted(), StorageFull()])
def test_named_problem_is_no_server_error(problem: Problem) -> None:
    assert not responses.is_server_error(_answer(500, problem.to_wire()))


def test_to_problem_reads_a_problem_document() -> None:
    problem = responses.to_problem(_answer(422, UnknownLanguage("language: xx").to_wire()), FARM)
    assert isinstance(problem, UnknownLanguage)
    assert problem.detail == "language: xx"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, InvalidApiKey),
        (403, InvalidApiKey),
        (413, AudioTooLarge),
        (404, BadResponse),
        (500, BadResponse),
    ],
)
def test_to_problem_maps_the_status_of_a_proxy(status: int, kind: type[Problem]) -> None:
    problem = responses.to_problem(_answer(status), FARM)
    assert type(problem) is kind
    assert f"http://farm:80 responded with status {status}" in problem.detail


def test_missing_key_names_the_setting_of_the_client() -> None:
    answer = _answer(401, MissingApiKey("send `Authorization: Bearer <key>`").to_wire())
    problem = responses.to_problem(answer, FARM)
    assert isinstance(problem, MissingApiKey)
    assert "set WHISPERFARM_API_KEY_FILE" in problem.detail
    assert "Bearer" not in problem.detail


def test_to_problem_names_the_target_of_a_redirect() -> None:
    problem = responses.to_problem(_answer(308, location="https://farm/"), FARM)
    assert isinstance(problem, BadResponse)
    assert "redirects to https://farm/" in problem.detail


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"\xff", {"state": "queued"}])
def test_json_body_rejects_a_response_of_another_server(body: Any) -> None:
    with pytest.raises(BadResponse, match="is not a whisperfarm"):
        responses.json_body(_answer(200, body), FARM, farm_documents.JOB)


def test_json_body_names_the_invalid_member() -> None:
    with pytest.raises(BadResponse, match=r"is not a whisperfarm: .*; id is not an id"):
        responses.json_body(_answer(200, {"id": None}), FARM, farm_documents.JOB)


@pytest.mark.parametrize(
    ("text", "wait_s"), [("7", 7.0), ("9" * 400, 86400.0), ("", 0.0), ("Fri, 20 Nov 2026", 0.0)]
)
def test_retry_after_is_read_in_seconds(text: str, wait_s: float) -> None:
    assert HttpResponse(503, {"retry-after": text}, b"").retry_after_s == wait_s
