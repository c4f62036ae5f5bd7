"""Records exports of recordings, transcripts and chains in the chain of custody of their job."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from whisperfarm_contract.custody import canonical
from whisperfarm_store.ledger import Custody, Origin

PERIOD_S = 60.0
"""A caller's same exports within this time are one entry, that of the first."""

_MAX_KNOWN = 10_000

_Key = tuple[str, str, Origin]


class Exports:
    """The exports that one dispatcher has recorded lately. Thread-safe."""

    def __init__(self, custody: Custody, clock: Callable[[], float] = time.monotonic) -> None:
        self._custody = custody
        self._clock = clock
        self._recorded: OrderedDict[_Key, float] = OrderedDict()
        self._guard = threading.Lock()

    def record(self, job_id: str, body: Mapping[str, Any], origin: Origin) -> None:
        """Record an export before anything of it is sent.

        Raises `FarmUnavailable` or `StorageFull` if that is impossible: nothing may be sent then.
        """
        key = (job_id, canonical(body), origin)
        now = self._clock()
        with self._guard:
            recorded_at = self._recorded.get(key)
        if recorded_at is not None and now - recorded_at < PERIOD_S:
            return
        self._custody.record_export(job_id, body, origin)
        with self._guard:
            self._recorded[key] = now
            self._recorded.move_to_end(key)
            if len(self._recorded) > _MAX_KNOWN:
                self._recorded.popitem(last=False)
