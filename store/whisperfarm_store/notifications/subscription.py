"""Subscription to a channel of Redis that is renewed whenever the connection breaks."""

import asyncio
from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError

from whisperfarm_store import events

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 5.0
_PING_EVERY_S = 2.0
_SILENT_S = 6.0
"""A connection is closed after this many seconds without a reply, even to a ping."""


class Listener:
    """Subscriber that calls `heard` for each message, and `begun` whenever it has subscribed."""

    def __init__(
        self,
        connect: Callable[[], Any],
        channel: str,
        *,
        heard: Callable[[str], None],
        begun: Callable[[], None],
    ) -> None:
        self._connect = connect
        self._channel = channel
        self._heard = heard
        self._begun = begun
        self._pause_s = _FIRST_PAUSE_S
        self.hears = False
        """Whether the subscription is active, as far as known."""

    async def run(self) -> None:
        """Receive messages until the task is cancelled."""
        while not _cancelled():
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError) as error:
                events.notifications.redis_unavailable.log(
                    error=str(error), retry_in_s=self._pause_s
                )
            finally:
                self.hears = False
            if not _cancelled():
                await asyncio.sleep(self._pause_s)
                self._pause_s = min(self._pause_s * 2, _LONGEST_PAUSE_S)

    async def _listen(self) -> None:
        async with self._connect() as client, client.pubsub() as subscription:
            await subscription.subscribe(self._channel)
            silent_s = 0.0
            while silent_s < _SILENT_S and not _cancelled():
                word = await subscription.get_message(timeout=_PING_EVERY_S)
                if word is None:
                    silent_s += _PING_EVERY_S
                    await subscription.ping()
                    continue
                silent_s = 0.0
                self._take(word)
        raise TimeoutError("Redis does not respond")

    def _take(self, word: dict[str, Any]) -> None:
        if word["type"] == "subscribe":
            self.hears, self._pause_s = True, _FIRST_PAUSE_S
            events.notifications.subscribed.log()
            self._begun()
        elif word["type"] == "message":
            self._heard(str(word["data"]))


def _cancelled() -> bool:
    """Return whether this task was cancelled: redis-py suppresses that while it connects."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
