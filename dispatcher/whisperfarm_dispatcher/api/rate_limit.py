"""How many requests a tenant may send in a time; counted in Redis where the farm has one, so that
all dispatchers count together, else in this process."""

import math
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool

from whisperfarm_contract.problems import TooManyRequests
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store import events

PATIENCE_S = 1.0
"""How long Redis may take to answer: a request is worth more than its being counted."""

AWAY_S = 5.0
"""For how long a Redis that did not answer is not asked again."""


class Pace(Protocol):
    """Watches over the requests of tenants."""

    async def check(self, tenant: str) -> None:
        """Count a request. Raises `TooManyRequests`."""

    async def close(self) -> None:
        """Give the connections back."""


def open_pace(settings: DispatcherSettings) -> Pace:
    """The pace that the settings name."""
    if settings.rate_limit is None:
        return AnyPace()
    limit = parse(settings.rate_limit)
    if settings.redis_url is None:
        return LimitedPace(limit, MemoryStorage())
    url = settings.redis_url.get_secret_value()
    pool = _redis(url)
    return LimitedPace(limit, _storage(pool, url), close=pool.aclose)


class AnyPace:
    """Every request is fine."""

    async def check(self, tenant: str) -> None:
        """Nothing to count."""

    async def close(self) -> None:
        """Nothing to close."""


class LimitedPace:
    """So many requests of each tenant in any stretch of time; when Redis is away, any number."""

    def __init__(
        self,
        limit: RateLimitItem,
        storage: MemoryStorage | RedisStorage,
        *,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._limit = limit
        self._limiter = MovingWindowRateLimiter(storage)
        self._close = close
        self._is_away = False
        self._away_until = 0.0

    async def close(self) -> None:
        """Give the connections back."""
        if self._close is not None:
            await self._close()

    async def check(self, tenant: str) -> None:
        """Count a request. Raises `TooManyRequests`."""
        if time.monotonic() < self._away_until:
            return
        try:
            passes = await self._limiter.hit(self._limit, tenant)
            free_at = 0.0 if passes else await self._free_at(tenant)
        except StorageError as error:
            self._away(error)
            return
        self._is_away = False
        if not passes:
            raise TooManyRequests(
                f"you may send {self._limit}, and sent more (WHISPERFARM_RATE_LIMIT)",
                retry_after_s=max(1, math.ceil(free_at - time.time())),
            )

    async def _free_at(self, tenant: str) -> float:
        """When the oldest request that counts will count no longer."""
        return (await self._limiter.get_window_stats(self._limit, tenant)).reset_time

    def _away(self, error: StorageError) -> None:
        """Once for each time that it goes away."""
        if not self._is_away:
            events.rate_limit.store_unavailable.log(error=type(error.storage_error).__name__)
        self._is_away = True
        self._away_until = time.monotonic() + AWAY_S


def _redis(url: str) -> ConnectionPool:
    return ConnectionPool.from_url(
        url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S
    )


def _storage(pool: ConnectionPool, url: str) -> RedisStorage:
    return RedisStorage(
        f"async+{url}",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix="whisperfarm:pace",
        connection_pool=pool,  # type: ignore[arg-type]  # its own type leaves this out
    )
