"""Requests to a farm, which are sent again until they succeed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

from whisperfarm_client import responses
from whisperfarm_client.documents import Check
from whisperfarm_client.retry import Retrier
from whisperfarm_client.transport import (
    MAX_DOCUMENT_BYTES,
    ConnectFailed,
    ConnectionLost,
    HttpConnection,
    HttpResponse,
)
from whisperfarm_contract.problems import FarmUnavailable

RESPONSE_TIMEOUT_S = 60.0
"""Maximum time without data from the farm, in addition to the `wait` of the request."""


class RetriedRequests:
    """Requests on one connection. A retrier decides when each is sent again.

    They raise the problem that the farm reports, `DeadlineExceeded`, `FarmUnavailable` or
    `BadResponse`.
    """

    def __init__(self, connection: HttpConnection) -> None:
        self._connection = connection

    def send(
        self,
        retrier: Retrier,
        method: str,
        target: str,
        *,
        wait_s: float = 0.0,
        max_bytes: int = MAX_DOCUMENT_BYTES,
        headers: Mapping[str, str] | None = None,
        body: Callable[[], Iterator[bytes]] | None = None,
    ) -> HttpResponse:
        """Send the request until it succeeds. Raises the problem of a final failure.

        `target` is the path with its query. `wait_s` is the time for which the farm may delay the
        response, and `max_bytes` limits its body. A retry calls `body` again.
        """
        while True:
            retrier.check("the farm did not answer")
            try:
                response = self._connection.send_request(
                    method,
                    target,
                    timeout_s=min(RESPONSE_TIMEOUT_S + wait_s, retrier.left_s()),
                    total_s=retrier.left_s(),
                    max_bytes=max_bytes,
                    headers=headers,
                    body=body and body(),
                )
            except (ConnectFailed, ConnectionLost) as error:
                self._pause(error, retrier)
            else:
                if responses.is_success(response):
                    retrier.succeeded()
                    return response
                self._handle_failure(response, retrier)

    def document(
        self, retrier: Retrier, method: str, target: str, check: Check, **options: Any
    ) -> dict[str, Any]:
        """Send the request like `send`, and return the JSON object of the response.

        Raises `BadResponse` if the object does not pass the check.
        """
        response = self.send(retrier, method, target, **options)
        return responses.json_body(response, self._connection.address, check)

    def streams(
        self, retrier: Retrier, target: str, headers: Callable[[], Mapping[str, str]]
    ) -> Iterator[Iterator[bytes]]:
        """Yield the lines of a response, and again those of the next one after its end.

        Each request has the headers that `headers` returns then. The responses have a connection of
        their own: other requests can be sent between two lines.
        """
        with closing(self._connection.another()) as connection:
            while True:
                retrier.check("the farm did not answer")
                try:
                    stream = connection.open_stream(
                        target,
                        timeout_s=min(RESPONSE_TIMEOUT_S, retrier.left_s()),
                        total_s=retrier.left_s(),
                        headers=headers(),
                    )
                except (ConnectFailed, ConnectionLost) as error:
                    self._pause(error, retrier)
                    continue
                if responses.is_success(stream.response):
                    yield self._lines(stream.lines, retrier)
                    connection.close()
                else:
                    self._handle_failure(stream.response, retrier)

    def _lines(self, lines: Iterator[bytes], retrier: Retrier) -> Iterator[bytes]:
        """Yield the lines of a response, and pause after its end."""
        try:
            for line in lines:
                retrier.succeeded()
                yield line
        except ConnectionLost as error:
            self._pause(error, retrier)
        else:
            retrier.snooze("the farm ended its response")

    def _pause(self, error: ConnectFailed | ConnectionLost, retrier: Retrier) -> None:
        if isinstance(error, ConnectFailed):
            retrier.failed(FarmUnavailable(str(error)))
        else:
            retrier.pause(self._reason(error))

    def _reason(self, error: ConnectionLost) -> str:
        if isinstance(error.__cause__, TimeoutError):
            return f"the farm at {self._connection.address} did not answer in time"
        return f"the connection to {self._connection.address} broke: {error}"

    def _handle_failure(self, response: HttpResponse, retrier: Retrier) -> None:
        """Pause if the request may succeed later. Raises the response's problem otherwise."""
        problem = responses.to_problem(response, self._connection.address)
        if responses.is_retryable(response):
            retrier.pause(problem.detail, at_least_s=response.retry_after_s)
        elif responses.is_server_error(response):
            retrier.failed(problem, at_least_s=response.retry_after_s)
        else:
            raise problem
