"""Problems as Deepgram writes them."""

import uuid

import pytest

from whisperfarm_contract.problems import (
    AddressUnreachable,
    AudioTooLong,
    AudioUnreadable,
    FarmBusy,
    ForbiddenAddress,
    InvalidApiKey,
    InvalidOption,
    PermissionDenied,
    Problem,
    TooManyRequests,
    UploadStalled,
)
from whisperfarm_dispatcher.api.facades.deepgram.errors import error_document


@pytest.mark.parametrize(
    ("problem", "status", "code"),
    [
        (InvalidApiKey(), 401, "INVALID_AUTH"),
        (PermissionDenied(), 403, "INSUFFICIENT_PERMISSIONS"),
        (InvalidOption(), 400, "Bad Request"),
        (AudioUnreadable(), 400, "Bad Request"),
        (AudioTooLong(), 413, "Payload Too Large"),
        (AddressUnreachable(), 400, "REMOTE_CONTENT_ERROR"),
        (ForbiddenAddress("10.0.0.1 is not public"), 400, "REMOTE_CONTENT_ERROR"),
        (ForbiddenAddress("callback_url: 10.0.0.1 is not public"), 400, "Bad Request"),
        (UploadStalled(), 408, "SLOW_UPLOAD"),
        (TooManyRequests(), 429, "TOO_MANY_REQUESTS"),
        (FarmBusy(), 503, "Service Unavailable"),
        (Problem(), 500, "Internal Server Error"),
    ],
)
def test_problem_has_a_code_of_deepgram(problem: Problem, status: int, code: str) -> None:
    found_status, document = error_document(problem, problem.to_wire())
    assert (found_status, document["err_code"]) == (status, code)


def test_message_has_the_parameter_names_of_deepgram() -> None:
    problem = InvalidOption("hotwords: the text is too long")
    _, document = error_document(problem, problem.to_wire())
    assert document["err_msg"] == "keywords: the text is too long"


def test_request_id_is_the_job_or_new() -> None:
    wire = Problem().to_wire()
    assert error_document(Problem(), {**wire, "job": "job-1"})[1]["request_id"] == "job-1"
    new_ids = {error_document(Problem(), wire)[1]["request_id"] for _ in range(2)}
    assert len(set(map(uuid.UUID, new_ids))) == 2
