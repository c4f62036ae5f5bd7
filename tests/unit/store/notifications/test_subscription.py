"""The subscription to Redis: its reconnects and its end."""

import asyncio
from types import TracebackType
from typing import Self

import structlog

from whisperfarm_store.notifications.subscription import Subscription

LONG_S = 30.0


class _SilentRedis:
    """A server that never answers, and a client that turns a cancellation into a timeout."""

    def __init__(self) -> None:
        self.connected = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def pubsub(self) -> Self:
        return self

    async def subscribe(self, channel: str) -> None:
        self.connected.set()
        try:
            await asyncio.sleep(LONG_S)
        except asyncio.CancelledError:
            raise TimeoutError("Timeout connecting to server") from None


def test_cancelled_subscription_logs_nothing() -> None:
    async def scene() -> None:
        redis = _SilentRedis()
        subscription = Subscription(
            lambda: redis, "channel", on_message=lambda _: None, on_subscribed=lambda: None
        )
        task = asyncio.create_task(subscription.run())
        await redis.connected.wait()
        task.cancel()
        await asyncio.wait({task}, timeout=LONG_S)
        assert task.done()

    with structlog.testing.capture_logs() as logs:
        asyncio.run(scene())
    assert logs == []
