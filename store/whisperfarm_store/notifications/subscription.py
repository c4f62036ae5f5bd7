"""Subscription to a channel of Redis. It reconnects and subscribes again after errors."""

import asyncio
from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError

from whisperfarm_contract.retry_policy import RetryPolicy
from whisperfarm_store import events

_RECONNECT_POLICY = RetryPolicy(initial_s=0.1, max_s=5.0, jitter=0.0)
_PING_INTERVAL_S = 2.0
_IDLE_TIMEOUT_S = 6.0
"""A connection is closed after this many seconds without a reply, even to a ping."""


class Subscription:
    """Subscriber that calls `on_message` for each message, and `on_subscribed` whenever it has
    subscribed."""

    def __init__(
        self,
        connect: Callable[[], Any],
        channel: str,
        *,
        on_message: Callable[[str], None],
        on_subscribed: Callable[[], None],
    ) -> None:
        self._connect = connect
        self._channel = channel
        self._on_message = on_message
        self._on_subscribed = on_subscribed
        self._failures = 0
        self.is_subscribed = False
        """Whether the subscription is active. A broken connection may go unnoticed for seconds."""

    async def run(self) -> None:
        """Receive messages until the task is cancelled."""
        while not _is_cancelled():
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError) as error:
                self._failures += 1
                self._log(error)
            finally:
                self.is_subscribed = False
            if not _is_cancelled():
                await asyncio.sleep(self._pause_s())

    def _pause_s(self) -> float:
        return _RECONNECT_POLICY.delay_s(self._failures, chance=0.0)

    def _log(self, error: Exception) -> None:
        # redis-py turns a cancellation into a timeout, which says nothing about Redis.
        if not _is_cancelled():
            events.notifications.redis_unavailable.log(error=str(error), retry_in_s=self._pause_s())

    async def _listen(self) -> None:
        async with self._connect() as client, client.pubsub() as pubsub:
            await pubsub.subscribe(self._channel)
            idle_s = 0.0
            while idle_s < _IDLE_TIMEOUT_S and not _is_cancelled():
                message = await pubsub.get_message(timeout=_PING_INTERVAL_S)
                if message is None:
                    idle_s += _PING_INTERVAL_S
                    await pubsub.ping()
                    continue
                idle_s = 0.0
                self._handle(message)
        raise TimeoutError("Redis does not respond")

    def _handle(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self.is_subscribed, self._failures = True, 0
            events.notifications.subscribed.log()
            self._on_subscribed()
        elif message["type"] == "message":
            self._on_message(str(message["data"]))


def _is_cancelled() -> bool:
    """Return whether this task was cancelled.

    The loops ask this because redis-py suppresses `CancelledError` while it connects.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
