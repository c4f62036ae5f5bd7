"""Sends one callback to a URL, signed as Standard Webhooks specifies."""

import random
import time
from collections.abc import Callable
from importlib.metadata import version

from whisperfarm_contract import signing
from whisperfarm_contract.problems import AddressUnreachable, ForbiddenAddress
from whisperfarm_dispatcher.callbacks.schedule import pause_s, retry_after_s
from whisperfarm_dispatcher.callbacks.secrets import VARIABLE, SecretRing
from whisperfarm_dispatcher.egress import HttpClient, HttpResponse
from whisperfarm_store.ledger import Callback, DeliveryResult

TIMEOUT_S = 20.0
"""Timeout of a whole try."""

_STATUS_GONE = 410


class HttpSender:
    """Sender of signed events. It reads only status and headers of a response. Thread-safe."""

    def __init__(
        self,
        http_client: HttpClient,
        secrets: SecretRing,
        *,
        timeout_s: float = TIMEOUT_S,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._http_client = http_client
        self._secrets = secrets
        self._timeout_s = timeout_s
        self._clock = clock
        self._chance = chance

    def send(self, callback: Callback) -> DeliveryResult:
        """Send the event once. Failures of the receiver are part of the outcome."""
        if callback.unsubscribed and callback.replayed_at is None:
            return DeliveryResult(
                error="the receiver answered 410 earlier and gets no more callbacks"
            )
        try:
            return self._post(callback)
        except ForbiddenAddress as problem:
            return DeliveryResult(error=problem.detail)
        except AddressUnreachable as problem:
            return self._retry(callback, None, problem.detail)

    def _post(self, callback: Callback) -> DeliveryResult:
        body = callback.body.encode()
        with self._http_client.request(
            "POST",
            callback.address,
            headers=self._headers(callback, body),
            content=body,
            stall_timeout_s=self._timeout_s,
            timeout_s=self._timeout_s,
        ) as response:
            return self._classify(callback, response)

    def _headers(self, callback: Callback, body: bytes) -> dict[str, str]:
        secrets = self._secrets.for_tenant(callback.tenant)
        if not secrets:
            raise AddressUnreachable(
                f"the tenant has no secret to sign the callback with; set one in {VARIABLE}"
            )
        signed = signing.headers(
            secrets, message_id=callback.id, timestamp_s=int(self._clock()), body=body
        )
        agent = f"whisperfarm/{version('whisperfarm')}"
        return {"Content-Type": "application/json", "User-Agent": agent, **signed}

    def _classify(self, callback: Callback, response: HttpResponse) -> DeliveryResult:
        if 200 <= response.status < 300:  # noqa: PLR2004
            return DeliveryResult(status=response.status)
        if response.status == _STATUS_GONE:
            gone = "the receiver answered 410 and gets no more callbacks"
            return DeliveryResult(status=response.status, error=gone, unsubscribe=True)
        requested_s = retry_after_s(response.headers.get("retry-after"), now_s=self._clock())
        error = f"the receiver answered {response.status}"
        return self._retry(callback, response.status, error, requested_s=requested_s)

    def _retry(
        self,
        callback: Callback,
        status: int | None,
        error: str,
        *,
        requested_s: float | None = None,
    ) -> DeliveryResult:
        tries = callback.tries - callback.tries_before_replay
        retry_in_s = pause_s(tries, chance=self._chance(), requested_s=requested_s)
        return DeliveryResult(status=status, error=error, retry_in_s=retry_in_s)
