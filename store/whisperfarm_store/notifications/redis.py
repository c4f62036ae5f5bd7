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

from whisperfarm_contract.problems import InvalidSettings, Problem
from whisperfarm_store import events
from whisperfarm_store.ledger import Jobs
from whisperfarm_store.notifications.subscription import Subscription
from whisperfarm_store.notifications.waiters import Waiters

CHANNEL = "whisperfarm.ended"
"""Channel for the ids of ended jobs. Farms may share it, because ids are unique."""

_SOCKET_TIMEOUT_S = 1.0
"""Timeout for a connection to Redis and for its responses."""


class RedisNotifications:
    """Notifications over one subscription for all callers of this process, made at first use."""

    def __init__(
        self,
        url: str,
        jobs: Jobs,
        *,
        connected_poll_s: float = 2.0,
        disconnected_poll_s: float = 0.1,
        publish_backoff_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open without a connection yet. Raises `InvalidSettings` if the URL is not valid.

        - `connected_poll_s`, `disconnected_poll_s`: polling interval while Redis is available or
          unavailable
        - `publish_backoff_s`: pause after a failed publication, during which no other is tried
        """
        self._jobs = jobs
        self._connected_poll_s = connected_poll_s
        self._disconnected_poll_s = disconnected_poll_s
        self._publish_backoff_s = publish_backoff_s
        self._clock = clock
        self._waiters = Waiters()
        self._publisher = _client(Redis, url)
        self._subscription = Subscription(
            lambda: _client(AsyncRedis, url),
            CHANNEL,
            on_message=self._on_message,
            on_subscribed=self._recheck,
        )
        self._no_publish_until = 0.0
        self._unchecked: set[str] = set()
        self._wake_event = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def notify(self, job_id: str) -> None:
        if self._clock() < self._no_publish_until:
            return
        try:
            self._publisher.publish(CHANNEL, job_id)
        except (RedisError, OSError) as error:
            self._no_publish_until = self._clock() + self._publish_backoff_s
            events.notifications.publish_failed.log(job=job_id, error=str(error))

    async def wait(self, job_id: str, timeout_s: float) -> bool:
        self._start()
        self._unchecked.add(job_id)  # it may have ended before the subscription was active
        self._wake_event.set()
        return await self._waiters.wait(job_id, timeout_s)

    def _start(self) -> None:
        if not self._tasks or any(task.done() for task in self._tasks):
            loop = asyncio.get_running_loop()
            self._wake_event = asyncio.Event()
            self._tasks = [
                loop.create_task(self._subscription.run()),
                loop.create_task(self._poll_ledger()),
            ]

    def _on_message(self, job_id: str) -> None:
        self._waiters.wake([job_id])

    def _recheck(self) -> None:
        """Ask the ledger for jobs that ended while the subscription was not active."""
        self._unchecked.update(self._waiters.jobs())
        self._wake_event.set()

    async def _poll_ledger(self) -> None:
        while True:
            self._wake_event.clear()
            job_ids, self._unchecked = self._unchecked, set()
            try:
                if job_ids:
                    self._waiters.wake(
                        await asyncio.to_thread(self._jobs.finished_among, list(job_ids))
                    )
            except Problem as problem:
                events.notifications.ledger_unavailable.log(error=problem.detail)
            await self._until_next_poll()

    async def _until_next_poll(self) -> None:
        timeout_s = (
            self._connected_poll_s
            if self._subscription.is_subscribed
            else self._disconnected_poll_s
        )
        try:
            async with asyncio.timeout(timeout_s):
                await self._wake_event.wait()
        except TimeoutError:
            self._unchecked.update(self._waiters.jobs())


def _client(client_class: type[Any], url: str) -> Any:
    try:
        return client_class.from_url(
            url,
            socket_connect_timeout=_SOCKET_TIMEOUT_S,
            socket_timeout=_SOCKET_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),  # polling the ledger replaces a retry
            decode_responses=True,
        )
    except ValueError as error:
        raise InvalidSettings(
            "WHISPERFARM_REDIS_URL: not a valid URL; write redis://:password@host:6379/0, or"
            " rediss:// for TLS"
        ) from error
