"""Keeps the pod's cost what it should be, in a thread of its own and behind the jobs' backs."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry

from whisperfarm_store import events
from whisperfarm_worker.deletion_cost import policy
from whisperfarm_worker.deletion_cost.api_server import NotTold
from whisperfarm_worker.deletion_cost.policy import Standing

_PATIENCE = Retry(total=10, backoff_factor=1, backoff_max=300, backoff_jitter=1)
"""Pauses that grow to five minutes, and stay so long."""


class DeletionCost:
    """`tick` is called over and over by one thread, and never raises.

    `in_hand` counts the worker's jobs; `tell` tells the API server and raises `NotTold`. A worker
    that drains has jobs, and stays dear: a pod that is to go has been chosen already.
    """

    def __init__(
        self,
        *,
        in_hand: Callable[[], int],
        tell: Callable[[int], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._in_hand = in_hand
        self._tell = tell
        self._clock = clock
        self._standing = Standing()
        self._patience = _PATIENCE
        self._again_at = clock()
        self._is_well = True

    def tick(self) -> None:
        """Look at the jobs in hand, and tell the cost if it should be another one."""
        now = self._clock()
        self._standing = self._standing.seen(in_hand=self._in_hand(), now=now)
        cost = self._standing.due(now=now, idle_after_s=policy.IDLE_AFTER_S)
        if cost is not None and now >= self._again_at:
            self._try_to_tell(cost)

    def _try_to_tell(self, cost: int) -> None:
        try:
            self._tell(cost)
        except NotTold as error:
            self._fail(error)
        else:
            self._succeed(cost)

    def _succeed(self, cost: int) -> None:
        self._standing = replace(self._standing, told=cost)
        self._patience = _PATIENCE
        if not self._is_well:
            events.deletion_cost.recovered.log(cost=cost)
        self._is_well = True

    def _fail(self, error: NotTold) -> None:
        # It may have been taken all the same, with the answer lost.
        self._standing = replace(self._standing, told=None)
        with suppress(MaxRetryError):  # then the pauses have grown as long as they get
            self._patience = self._patience.increment()
        self._again_at = self._clock() + self._patience.get_backoff_time()
        if self._is_well:
            events.deletion_cost.update_failed.log(error=str(error))
        self._is_well = False
