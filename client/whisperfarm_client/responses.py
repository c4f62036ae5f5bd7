"""What an answer of the farm means: a document, or a problem."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from whisperfarm_client.address import Address
from whisperfarm_client.errors import AnswerWrong
from whisperfarm_client.transport import Answer
from whisperfarm_contract import problems
from whisperfarm_contract.problems import AudioTooLarge, KeyWrong, Problem

_TRY_AGAIN = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)

_LASTING = frozenset(
    {
        HTTPStatus.NOT_IMPLEMENTED,
        HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
        HTTPStatus.INSUFFICIENT_STORAGE,
        HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED,
    }
)
"""Of those that begin with 5, the ones that trying again does not help."""

_BY_STATUS: Mapping[int, type[Problem]] = {
    HTTPStatus.UNAUTHORIZED: KeyWrong,
    HTTPStatus.FORBIDDEN: KeyWrong,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: AudioTooLarge,
}
"""What a proxy in front of the farm means, which knows nothing of problem documents."""


def is_for_later(answer: Answer) -> bool:
    """Whether the same request may be answered better soon."""
    return answer.status in _TRY_AGAIN


def is_fault(answer: Answer) -> bool:
    """Whether the farm, or a proxy before it, failed at the request without knowing why.

    It may pass. A problem that has a name will not: the farm knows that one.
    """
    wire = _object(answer.body) or {}
    is_named = wire.get("name", Problem.name) != Problem.name
    return answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not (
        is_named or answer.status in _LASTING
    )


def is_good(answer: Answer) -> bool:
    """Whether the farm did what it was asked."""
    return HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES


def document(answer: Answer, address: Address, *members: str) -> dict[str, Any]:
    """The JSON object in the body, which must have these members; else `AnswerWrong`."""
    wire = _object(answer.body)
    if wire is None or not all(member in wire for member in members):
        raise AnswerWrong(f"what answers at {address} is no whisperfarm: {_sort(answer)}")
    return wire


def problem(answer: Answer, address: Address) -> Problem:
    """Why the farm did not do what it was asked."""
    wire = _object(answer.body)
    if wire is not None and "name" in wire:
        return problems.from_wire(wire)
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        return AnswerWrong(
            f"{address} points to {answer.headers.get('location', 'nowhere')};"
            " redirects are not followed, WHISPERFARM_URL has to name the farm itself"
        )
    kind = _BY_STATUS.get(answer.status, AnswerWrong)
    return kind(f"{address} answered with {_sort(answer)}")


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        wire = json.loads(body)
    except ValueError:
        return None
    return wire if isinstance(wire, dict) else None


def _sort(answer: Answer) -> str:
    kind = answer.headers.get("content-type", "no content type").split(";")[0]
    return f"status {answer.status} and {len(answer.body)} bytes ({kind})"
