"""Keeps the pod's deletion cost up to date, in a separate thread so that no job waits for it."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from whisperfarm_store import events
from whisperfarm_worker.deletion_cost import policy
from whisperfarm_worker.deletion_cost.api_server import PatchFailed
from whisperfarm_worker.deletion_cost.policy import CostState

_RETRY = Retry(total=10, backoff_factor=1, backoff_max=300, backoff_jitter=1)
"""Pauses after failures, which double up to five minutes."""


class DeletionCost:
    """Updater of the pod's deletion cost. One thread calls `update` repeatedly; it never raises.

    `job_count` counts the worker's jobs; `patch` sets the cost and raises `PatchFailed`. A draining
    worker still has jobs and keeps its high cost, which is harmless: the pod to remove is already
    chosen.
    """

    def __init__(
        self,
        *,
        job_count: Callable[[], int],
        patch: Callable[[int], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._job_count = job_count
        self._patch = patch
        self._clock = clock
        self._state = CostState()
        self._retry = _RETRY
        self._retry_at = clock()
        self._is_healthy = True

    def update(self) -> None:
        """Count the worker's jobs, and set the cost if it should change."""
        now = self._clock()
        self._state = self._state.observe(job_count=self._job_count(), now=now)
        cost = self._state.pending_change(now=now, idle_after_s=policy.IDLE_AFTER_S)
        if cost is not None and now >= self._retry_at:
            self._try_patch(cost)

    def _try_patch(self, cost: int) -> None:
        try:
            self._patch(cost)
        except PatchFailed as error:
            self._fail(error)
        else:
            self._succeed(cost)

    def _succeed(self, cost: int) -> None:
        self._state = replace(self._state, last_sent=cost)
        self._retry = _RETRY
        if not self._is_healthy:
            events.deletion_cost.recovered.log(cost=cost)
        self._is_healthy = True

    def _fail(self, error: PatchFailed) -> None:
        # The API server may have stored the cost although the response was lost.
        self._state = replace(self._state, last_sent=None)
        with suppress(MaxRetryError):  # the pause has reached its maximum
            self._retry = self._retry.increment()
        self._retry_at = self._clock() + self._retry.get_backoff_time()
        if self._is_healthy:
            events.deletion_cost.update_failed.log(error=str(error))
        self._is_healthy = False
