"""Sends due callbacks, a few at a time per receiver.

The limit per receiver keeps one that hangs from using all threads.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from whisperfarm_contract.problems import Problem
from whisperfarm_store import events
from whisperfarm_store.ledger import Callback, DeliveryResult, Ledger

MAX_CONCURRENT = 32
MAX_PER_ENDPOINT = 4
"""Concurrent tries: in total, and to one host and port."""

LEASE_S = 90.0
"""Lease on a callback: longer than any try takes, including the lookup of the host."""

ERROR_RETRY_S = 300.0

Send = Callable[[Callback], DeliveryResult]
"""One try to deliver a callback."""


class CallbackDispatcher:
    """Delivery of callbacks. `senders` maps each protocol to the function that sends a callback.

    `slot_freed` is set whenever a try ends. Delivery is at least once: if a dispatcher dies during
    a try, another one sends the callback again with the same id.
    """

    def __init__(
        self,
        ledger: Ledger,
        senders: Mapping[str, Send],
        *,
        max_concurrent: int = MAX_CONCURRENT,
        max_per_endpoint: int = MAX_PER_ENDPOINT,
    ) -> None:
        self.slot_freed = threading.Event()
        self._ledger = ledger
        self._senders = senders
        self._max_concurrent = max_concurrent
        self._max_per_endpoint = max_per_endpoint
        self._lock = threading.Lock()
        self._in_flight: Counter[str] = Counter()

    def run_once(self) -> bool:
        """Start sending due callbacks up to the limits. Returns False: others wait for
        `slot_freed`."""
        while self._has_free_slot():
            callback = self._ledger.callbacks.claim(lease_s=LEASE_S, busy=self._busy_endpoints())
            if callback is None:
                break
            self._start(callback)
        return False

    def _has_free_slot(self) -> bool:
        with self._lock:
            return self._in_flight.total() < self._max_concurrent

    def _busy_endpoints(self) -> list[str]:
        with self._lock:
            return [
                name for name, tries in self._in_flight.items() if tries >= self._max_per_endpoint
            ]

    def _start(self, callback: Callback) -> None:
        with self._lock:
            self._in_flight[callback.endpoint] += 1
        # A try that hangs must not keep the process alive.
        threading.Thread(target=self._run, args=(callback,), name="callback", daemon=True).start()

    def _run(self, callback: Callback) -> None:
        try:
            started_at = time.monotonic()
            outcome = self._send_one(callback)
            _log(callback, outcome, took_s=time.monotonic() - started_at)
            self._ledger.callbacks.record_delivery(callback, outcome)
        except Problem as problem:
            events.callback.record_failed.log(
                callback=callback.id, job=callback.job_id, error=problem.detail
            )
        except Exception:
            events.callback.error.log(callback=callback.id, job=callback.job_id)
        finally:
            self._finish(callback)

    def _send_one(self, callback: Callback) -> DeliveryResult:
        send = self._senders.get(callback.protocol)
        if send is None:
            return DeliveryResult(error=f"this farm cannot send callbacks over {callback.protocol}")
        try:
            return send(callback)
        except Exception:
            events.callback.error.log(callback=callback.id, job=callback.job_id)
            error = "the dispatcher failed to send the callback; see its log"
            return DeliveryResult(error=error, retry_in_s=ERROR_RETRY_S)

    def _finish(self, callback: Callback) -> None:
        with self._lock:
            self._in_flight[callback.endpoint] -= 1
            self._in_flight += Counter()  # drops endpoints without a running try
        self.slot_freed.set()


def _log(callback: Callback, outcome: DeliveryResult, *, took_s: float) -> None:
    fields: dict[str, Any] = {
        "callback": callback.id,
        "job": callback.job_id,
        "event_type": callback.event,
        "endpoint": callback.endpoint,
        "tries": callback.tries,
        "status": outcome.status,
        "took_s": round(took_s, 3),
    }
    if outcome.error is None:
        events.callback.delivered.log(**fields)
    else:
        events.callback.failed.log(**fields, error=outcome.error, retry_in_s=outcome.retry_in_s)
