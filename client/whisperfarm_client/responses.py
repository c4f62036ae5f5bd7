"""Interprets the farm's responses as documents or problems."""

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
"""Statuses of 500 and above that are not retried."""

_BY_STATUS: Mapping[int, type[Problem]] = {
    HTTPStatus.UNAUTHORIZED: KeyWrong,
    HTTPStatus.FORBIDDEN: KeyWrong,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: AudioTooLarge,
}
"""Problems for responses of a proxy, which have no problem document."""


def is_for_later(answer: Answer) -> bool:
    """Whether the farm asks the client to send the request again later."""
    return answer.status in _TRY_AGAIN


def is_fault(answer: Answer) -> bool:
    """Whether the farm, or a proxy before it, failed for an unknown reason that may be temporary.

    A problem with a name has a known reason and is not retried.
    """
    wire = _object(answer.body) or {}
    is_named = wire.get("name", Problem.name) != Problem.name
    return answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not (
        is_named or answer.status in _LASTING
    )


def is_good(answer: Answer) -> bool:
    """Whether the request succeeded."""
    return HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES


def document(answer: Answer, address: Address, *members: str) -> dict[str, Any]:
    """Return the JSON object in the body. Raises `AnswerWrong` if it lacks one of `members`."""
    wire = _object(answer.body)
    if wire is None or not all(member in wire for member in members):
        raise AnswerWrong(f"the server at {address} is not a whisperfarm: {_sort(answer)}")
    return wire


def problem(answer: Answer, address: Address) -> Problem:
    """Return the problem that a failed response describes."""
    wire = _object(answer.body)
    if wire is not None and "name" in wire:
        return problems.from_wire(wire)
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        return AnswerWrong(
            f"{address} redirects to {answer.headers.get('location', 'nowhere')};"
            " set WHISPERFARM_URL to the farm itself"
        )
    kind = _BY_STATUS.get(answer.status, AnswerWrong)
    return kind(f"{address} responded with {_sort(answer)}")


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        wire = json.loads(body)
    except ValueError:
        return None
    return wire if isinstance(wire, dict) else None


def _sort(answer: Answer) -> str:
    kind = answer.headers.get("content-type", "no content type").split(";")[0]
    return f"status {answer.status} and {len(answer.body)} bytes ({kind})"
