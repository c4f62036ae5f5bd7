"""Rate limit of requests per tenant.

With Redis, all dispatchers share the counts; without it, each process counts for itself.
"""

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
"""Timeout of Redis, after which a request passes uncounted."""

AWAY_S = 5.0
"""How long requests pass uncounted after Redis has failed, before it is tried again."""


class Pace(Protocol):
    """Limiter of requests per tenant."""

    async def check(self, tenant: str) -> None:
        """Count a request. Raises `TooManyRequests`, with a `Retry-After`, above the limit."""

    async def close(self) -> None:
        """Close the connections."""


def open_pace(settings: DispatcherSettings) -> Pace:
    if settings.rate_limit is None:
        return AnyPace()
    limit = parse(settings.rate_limit)
    if settings.redis_url is None:
        return LimitedPace(limit, MemoryStorage())
    url = settings.redis_url.get_secret_value()
    pool = _redis(url)
    return LimitedPace(limit, _storage(pool, url), close=pool.aclose)


class AnyPace:
    """Rate limit that allows every request."""

    async def check(self, tenant: str) -> None: ...

    async def close(self) -> None: ...


class LimitedPace:
    """Rate limit over a moving window. While Redis is unavailable, every request passes."""

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
        if self._close is not None:
            await self._close()

    async def check(self, tenant: str) -> None:
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
                f"the rate limit is {self._limit} (WHISPERFARM_RATE_LIMIT); send requests more"
                " slowly",
                retry_after_s=max(1, math.ceil(free_at - time.time())),
            )

    async def _free_at(self, tenant: str) -> float:
        """Return the Unix time at which the oldest counted request leaves the window."""
        return (await self._limiter.get_window_stats(self._limit, tenant)).reset_time

    def _away(self, error: StorageError) -> None:
        """Pause counting. Logs the first failure of an outage only."""
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
        connection_pool=pool,  # type: ignore[arg-type]  # accepted, but missing from its type
    )
