"""Interprets the farm's responses as documents or problems."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from whisperfarm_client.address import Address
from whisperfarm_client.documents import Check, InvalidDocument, parse_object
from whisperfarm_client.errors import BadResponse
from whisperfarm_client.transport import HttpResponse
from whisperfarm_contract import problems
from whisperfarm_contract.problems import AudioTooLarge, InvalidApiKey, MissingApiKey, Problem

_NO_KEY = (
    "the farm needs an API key; set WHISPERFARM_API_KEY_FILE, or --api-key-file, to a file with one"
)

_RETRYABLE = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)

_PERMANENT = frozenset(
    {
        HTTPStatus.NOT_IMPLEMENTED,
        HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
        HTTPStatus.INSUFFICIENT_STORAGE,
        HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED,
    }
)
"""Statuses of 500 and above that are not retried."""

_BY_STATUS: Mapping[int, type[Problem]] = {
    HTTPStatus.UNAUTHORIZED: InvalidApiKey,
    HTTPStatus.FORBIDDEN: InvalidApiKey,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: AudioTooLarge,
}
"""Problems for responses of a proxy, which have no problem document."""


def is_retryable(response: HttpResponse) -> bool:
    """Whether the farm asks the client to send the request again later."""
    return response.status in _RETRYABLE


def is_server_error(response: HttpResponse) -> bool:
    """Whether the farm, or a proxy before it, failed for an unknown reason that may be temporary.

    A problem with a name has a known reason and is not retried.
    """
    body_object = parse_object(response.body) or {}
    is_named = body_object.get("name", Problem.name) != Problem.name
    return response.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not (
        is_named or response.status in _PERMANENT
    )


def is_success(response: HttpResponse) -> bool:
    """Whether the request succeeded."""
    return HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES


def json_body(response: HttpResponse, address: Address, check: Check) -> dict[str, Any]:
    """Return the JSON object in the body. Raises `BadResponse` if it does not pass the check."""
    body_object = parse_object(response.body)
    not_a_farm = f"the server at {address} is not a whisperfarm: {_describe(response)}"
    if body_object is None:
        raise BadResponse(not_a_farm)
    try:
        check(body_object)
    except InvalidDocument as error:
        raise BadResponse(f"{not_a_farm}; {error}") from error
    return body_object


def to_problem(response: HttpResponse, address: Address) -> Problem:
    """Return the problem that a failed response describes."""
    body_object = parse_object(response.body)
    if body_object is not None and "name" in body_object:
        return _with_cure(problems.from_wire(body_object))
    if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:
        return BadResponse(
            f"{address} redirects to {response.headers.get('location', 'nowhere')};"
            " set WHISPERFARM_URL to the farm itself"
        )
    problem_type = _BY_STATUS.get(response.status, BadResponse)
    return problem_type(f"{address} responded with {_describe(response)}")


def _with_cure(problem: Problem) -> Problem:
    """Return the problem with advice for this client, where the farm advises on HTTP."""
    return MissingApiKey(_NO_KEY) if isinstance(problem, MissingApiKey) else problem


def _describe(response: HttpResponse) -> str:
    content_type = response.headers.get("content-type", "no content type").split(";")[0]
    return f"status {response.status} and {len(response.body)} bytes ({content_type})"
