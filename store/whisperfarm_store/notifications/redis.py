"""Notifications through Redis, which reach all dispatchers at once.

Redis is optional at any time: if it is unavailable, callers are only notified a little later. The
ledger is then polled often. It is also polled slowly beside Redis, whose messages may be lost.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from whisperfarm_contract.problems import Problem, SettingsWrong
from whisperfarm_store import events
from whisperfarm_store.notifications.subscription import Listener
from whisperfarm_store.notifications.waiters import Endings, Waiting

CHANNEL = "whisperfarm.ended"
"""Channel for the ids of ended jobs. Farms may share it, because ids are unique."""

_PATIENCE_S = 1.0
"""Timeout for a connection to Redis and for its responses."""


class RedisWakeups:
    """Notifications over one subscription for all callers of this process, made at first use."""

    def __init__(
        self,
        url: str,
        ledger: Endings,
        *,
        there_s: float = 2.0,
        away_s: float = 0.1,
        mute_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open without a connection yet. Raises `SettingsWrong` if the URL is not valid.

        - `there_s`, `away_s`: polling interval while Redis is available or unavailable
        - `mute_s`: pause after a failed publication, during which no other is tried
        """
        self._ledger = ledger
        self._there_s = there_s
        self._away_s = away_s
        self._mute_s = mute_s
        self._clock = clock
        self._waiting = Waiting()
        self._teller = _client(Redis, url)
        self._listener = Listener(
            lambda: _client(AsyncRedis, url), CHANNEL, heard=self._heard, begun=self._look
        )
        self._muted_until = 0.0
        self._unasked: set[str] = set()
        self._looking = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def tell(self, job_id: str) -> None:
        if self._clock() < self._muted_until:
            return
        try:
            self._teller.publish(CHANNEL, job_id)
        except (RedisError, OSError) as error:
            self._muted_until = self._clock() + self._mute_s
            events.notifications.publish_failed.log(job=job_id, error=str(error))

    async def wait(self, job_id: str, timeout_s: float) -> bool:
        self._start()
        self._unasked.add(job_id)  # it may have ended before the subscription was active
        self._looking.set()
        return await self._waiting.wait(job_id, timeout_s)

    def _start(self) -> None:
        if not self._tasks or any(task.done() for task in self._tasks):
            loop = asyncio.get_running_loop()
            self._looking = asyncio.Event()
            self._tasks = [
                loop.create_task(self._listener.run()),
                loop.create_task(self._ask_the_ledger()),
            ]

    def _heard(self, job_id: str) -> None:
        self._waiting.wake([job_id])

    def _look(self) -> None:
        """Ask the ledger for jobs that ended while the subscription was not active."""
        self._unasked.update(self._waiting.jobs())
        self._looking.set()

    async def _ask_the_ledger(self) -> None:
        while True:
            self._looking.clear()
            asked, self._unasked = self._unasked, set()
            try:
                if asked:
                    self._waiting.wake(await asyncio.to_thread(self._ledger.ended, list(asked)))
            except Problem as problem:
                events.notifications.ledger_unavailable.log(error=problem.detail)
            await self._until_due()

    async def _until_due(self) -> None:
        every_s = self._there_s if self._listener.hears else self._away_s
        try:
            async with asyncio.timeout(every_s):
                await self._looking.wait()
        except TimeoutError:
            self._unasked.update(self._waiting.jobs())


def _client(kind: type[Any], url: str) -> Any:
    try:
        return kind.from_url(
            url,
            socket_connect_timeout=_PATIENCE_S,
            socket_timeout=_PATIENCE_S,
            retry=Retry(NoBackoff(), 0),  # polling the ledger replaces a retry
            decode_responses=True,
        )
    except ValueError as error:
        raise SettingsWrong(
            "WHISPERFARM_REDIS_URL: not a valid URL; write redis://:password@host:6379/0, or"
            " rediss:// for TLS"
        ) from error
