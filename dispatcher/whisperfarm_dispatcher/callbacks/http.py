"""Sends one callback to a URL, signed as Standard Webhooks specifies."""

import random
import time
from collections.abc import Callable
from importlib.metadata import version

from whisperfarm_contract import signing
from whisperfarm_contract.problems import AddressRefused, AddressUnreachable
from whisperfarm_dispatcher.callbacks.schedule import pause_s, retry_after_s
from whisperfarm_dispatcher.callbacks.secrets import VARIABLE, SecretRing
from whisperfarm_dispatcher.egress import Answer, Outgoing
from whisperfarm_store.ledger import Callback, Outcome

TOTAL_S = 20.0
"""Timeout of a whole try."""

_GONE = 410


class HttpCallbacks:
    """Sender of signed events. It reads only status and headers of a response. Thread-safe."""

    def __init__(
        self,
        outgoing: Outgoing,
        secrets: SecretRing,
        *,
        total_s: float = TOTAL_S,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._outgoing = outgoing
        self._secrets = secrets
        self._total_s = total_s
        self._clock = clock
        self._chance = chance

    def attempt(self, callback: Callback) -> Outcome:
        """Send the event once. Failures of the receiver are part of the outcome."""
        if callback.stopped and callback.replayed_at is None:
            return Outcome(error="the receiver answered 410 earlier and gets no more callbacks")
        try:
            return self._send(callback)
        except AddressRefused as problem:
            return Outcome(error=problem.detail)
        except AddressUnreachable as problem:
            return self._failed(callback, None, problem.detail)

    def _send(self, callback: Callback) -> Outcome:
        body = callback.body.encode()
        with self._outgoing.request(
            "POST",
            callback.address,
            headers=self._headers(callback, body),
            content=body,
            stall_s=self._total_s,
            total_s=self._total_s,
        ) as answer:
            return self._judged(callback, answer)

    def _headers(self, callback: Callback, body: bytes) -> dict[str, str]:
        secrets = self._secrets.of(callback.tenant)
        if not secrets:
            raise AddressUnreachable(
                f"the tenant has no secret to sign the callback with; set one in {VARIABLE}"
            )
        signed = signing.headers(
            secrets, message_id=callback.id, timestamp_s=int(self._clock()), body=body
        )
        agent = f"whisperfarm/{version('whisperfarm')}"
        return {"Content-Type": "application/json", "User-Agent": agent, **signed}

    def _judged(self, callback: Callback, answer: Answer) -> Outcome:
        if 200 <= answer.status < 300:  # noqa: PLR2004
            return Outcome(status=answer.status)
        if answer.status == _GONE:
            gone = "the receiver answered 410 and gets no more callbacks"
            return Outcome(status=answer.status, error=gone, stop=True)
        wished_s = retry_after_s(answer.headers.get("retry-after"), now_s=self._clock())
        error = f"the receiver answered {answer.status}"
        return self._failed(callback, answer.status, error, wished_s=wished_s)

    def _failed(
        self, callback: Callback, status: int | None, error: str, *, wished_s: float | None = None
    ) -> Outcome:
        tries = callback.tries - callback.tries_before
        again_in_s = pause_s(tries, chance=self._chance(), wished_s=wished_s)
        return Outcome(status=status, error=error, again_in_s=again_in_s)
