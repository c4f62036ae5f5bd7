"""Asks a service for an addition: one signed request, whose answer is the addition."""

import time
from collections.abc import Callable
from importlib.metadata import version

from whisperfarm_contract import signing
from whisperfarm_contract.additions import MAX_ANSWER_BYTES
from whisperfarm_contract.problems import AddressUnreachable
from whisperfarm_dispatcher.additions.request import AdditionFailed
from whisperfarm_dispatcher.callbacks.secrets import SecretRing
from whisperfarm_dispatcher.egress import HttpClient
from whisperfarm_store.ledger import Callback


class HttpAnalysis:
    """A service at a URL. Requests are signed like callbacks if the tenant has a secret."""

    def __init__(
        self,
        url: str,
        http_client: HttpClient,
        secrets: SecretRing,
        *,
        timeout_s: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._http_client = http_client
        self._secrets = secrets
        self._timeout_s = timeout_s
        self._clock = clock

    def __call__(self, callback: Callback, body: bytes) -> bytes:
        """Return the answer, of which `read_answer` checks the length. Raises `AdditionFailed`."""
        try:
            with self._http_client.request(
                "POST",
                self._url,
                headers=self._headers(callback, body),
                content=body,
                stall_timeout_s=self._timeout_s,
                timeout_s=self._timeout_s,
            ) as response:
                if not 200 <= response.status < 300:  # noqa: PLR2004
                    error = f"the service answered {response.status}"
                    raise AdditionFailed(error, status=response.status)
                return response.read(MAX_ANSWER_BYTES)
        except AddressUnreachable as problem:
            raise AdditionFailed(problem.detail) from None

    def _headers(self, callback: Callback, body: bytes) -> dict[str, str]:
        agent = f"whisperfarm/{version('whisperfarm')}"
        headers = {"Content-Type": "application/json", "User-Agent": agent}
        secrets = self._secrets.for_tenant(callback.tenant)
        if not secrets:
            return headers
        now_s = int(self._clock())
        signed = signing.headers(secrets, message_id=callback.id, timestamp_s=now_s, body=body)
        return headers | signed
