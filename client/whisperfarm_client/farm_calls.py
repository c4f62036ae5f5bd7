"""What all calls of a farm share: one connection, and a retrier for each call."""

from collections.abc import Callable
from typing import Any

from whisperfarm_client.documents import Check
from whisperfarm_client.retried_requests import RetriedRequests
from whisperfarm_client.retry import Retrier

NewRetrier = Callable[[float | None], Retrier]
"""Returns the retrier of a call that ends after this many seconds, or has no such limit."""


class FarmCalls:
    """Calls of a farm's HTTP API. Each is retried as its retrier allows.

    The calls raise the problem that the farm reports, `DeadlineExceeded`, `FarmUnavailable` or
    `BadResponse`, all of them subclasses of `Problem`.
    """

    def __init__(
        self, requests: RetriedRequests, new_retrier: NewRetrier, *, timeout_s: float
    ) -> None:
        """`timeout_s` limits each call that neither sends a recording nor waits for a job."""
        self._requests = requests
        self._new_retrier = new_retrier
        self._timeout_s = timeout_s

    def _send(self, method: str, target: str, **options: Any) -> bytes:
        retrier = self._new_retrier(self._timeout_s)
        return self._requests.send(retrier, method, target, **options).body

    def _document(self, method: str, target: str, check: Check, **options: Any) -> dict[str, Any]:
        retrier = self._new_retrier(self._timeout_s)
        return self._requests.document(retrier, method, target, check, **options)
