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
from whisperfarm_store.ledger import Callback, Ledger, Outcome

MOST = 32
MOST_PER_RECEIVER = 4
"""Concurrent tries: in total, and to one host and port."""

LEASE_S = 90.0
"""Lease on a callback: longer than any try takes, including the lookup of the host."""

FAULT_PAUSE_S = 300.0

Attempt = Callable[[Callback], Outcome]
"""One try to deliver a callback."""


class Delivery:
    """Delivery of callbacks. `ways` maps each kind of callback to the function that sends it.

    `room` is set whenever a try ends. Delivery is at least once: if a dispatcher dies during a try,
    another one sends the callback again with the same id.
    """

    def __init__(
        self,
        ledger: Ledger,
        ways: Mapping[str, Attempt],
        *,
        most: int = MOST,
        most_per_receiver: int = MOST_PER_RECEIVER,
    ) -> None:
        self.room = threading.Event()
        self._ledger = ledger
        self._ways = ways
        self._most = most
        self._most_per_receiver = most_per_receiver
        self._lock = threading.Lock()
        self._at: Counter[str] = Counter()

    def run_once(self) -> bool:
        """Start sending due callbacks up to the limits. Returns False: others wait for `room`."""
        while self._has_room():
            callback = self._ledger.take_callback(lease_s=LEASE_S, busy=self._busy())
            if callback is None:
                break
            self._begin(callback)
        return False

    def _has_room(self) -> bool:
        with self._lock:
            return self._at.total() < self._most

    def _busy(self) -> list[str]:
        with self._lock:
            return [name for name, tries in self._at.items() if tries >= self._most_per_receiver]

    def _begin(self, callback: Callback) -> None:
        with self._lock:
            self._at[callback.receiver] += 1
        # A try that hangs must not keep the process alive.
        threading.Thread(target=self._run, args=(callback,), name="callback", daemon=True).start()

    def _run(self, callback: Callback) -> None:
        try:
            begun = time.monotonic()
            outcome = self._try(callback)
            _log(callback, outcome, took_s=time.monotonic() - begun)
            self._ledger.callback_tried(callback, outcome)
        except Problem as problem:
            events.callback.record_failed.log(
                callback=callback.id, job=callback.job_id, error=problem.detail
            )
        except Exception:
            events.callback.error.log(callback=callback.id, job=callback.job_id)
        finally:
            self._ended(callback)

    def _try(self, callback: Callback) -> Outcome:
        attempt = self._ways.get(callback.kind)
        if attempt is None:
            return Outcome(error=f"this farm cannot send callbacks over {callback.kind}")
        try:
            return attempt(callback)
        except Exception:
            events.callback.error.log(callback=callback.id, job=callback.job_id)
            error = "the dispatcher failed to send the callback; see its log"
            return Outcome(error=error, again_in_s=FAULT_PAUSE_S)

    def _ended(self, callback: Callback) -> None:
        with self._lock:
            self._at[callback.receiver] -= 1
            self._at += Counter()  # drops receivers without a running try
        self.room.set()


def _log(callback: Callback, outcome: Outcome, *, took_s: float) -> None:
    about: dict[str, Any] = {
        "callback": callback.id,
        "job": callback.job_id,
        "event_type": callback.event,
        "endpoint": callback.receiver,
        "tries": callback.tries,
        "status": outcome.status,
        "took_s": round(took_s, 3),
    }
    if outcome.error is None:
        events.callback.delivered.log(**about)
    else:
        events.callback.failed.log(**about, error=outcome.error, retry_in_s=outcome.again_in_s)
