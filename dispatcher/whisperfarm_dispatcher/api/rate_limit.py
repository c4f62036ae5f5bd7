"""Rate limits of requests, per tenant and per key of the ledger.

With Redis, all dispatchers share the counts; without it, each process counts for itself.
"""

import math
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import ConnectionPool

from whisperfarm_contract.problems import TooManyRequests
from whisperfarm_dispatcher.api.caller import Caller
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store import events

REDIS_TIMEOUT_S = 1.0
"""Timeout of Redis, after which a request passes uncounted."""

RETRY_AFTER_FAILURE_S = 5.0
"""How long requests pass uncounted after Redis has failed, before it is tried again."""


_parse = lru_cache(maxsize=1000)(parse)


def open_rate_limiter(settings: DispatcherSettings) -> "RateLimiter":
    limit = None if settings.rate_limit is None else parse(settings.rate_limit)
    if settings.redis_url is None:
        return RateLimiter(limit, MemoryStorage())
    pool = _redis(settings.redis_url.get_secret_value())
    return RateLimiter(limit, _storage(pool), close=pool.aclose)


class RateLimiter:
    """Rate limits over a moving window. While Redis is unavailable, every request passes.

    `limit` is that of each tenant; a key's own limit holds beside it.
    """

    def __init__(
        self,
        limit: RateLimitItem | None,
        storage: MemoryStorage | RedisStorage,
        *,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._limit = limit
        self._limiter = MovingWindowRateLimiter(storage)
        self._close = close
        self._is_failing = False
        self._skip_until = 0.0

    async def close(self) -> None:
        """Close the connections."""
        if self._close is not None:
            await self._close()

    async def check(self, caller: Caller) -> None:
        """Count a request. Raises `TooManyRequests`, with a `Retry-After`, above a limit."""
        if caller.rate_limit is not None:
            await self._check(_parse(caller.rate_limit), "of the API key", "key", caller.key_id)
        if self._limit is not None:
            await self._check(self._limit, "(WHISPERFARM_RATE_LIMIT)", caller.tenant)

    async def _check(self, limit: RateLimitItem, origin: str, *counted: str) -> None:
        if time.monotonic() < self._skip_until:
            return
        try:
            is_allowed = await self._limiter.hit(limit, *counted)
            reset_at = 0.0 if is_allowed else await self._reset_at(limit, *counted)
        except StorageError as error:
            self._on_store_error(error)
            return
        self._is_failing = False
        if not is_allowed:
            raise TooManyRequests(
                f"the rate limit {origin} is {limit}; send requests more slowly",
                retry_after_s=max(1, math.ceil(reset_at - time.time())),
            )

    async def _reset_at(self, limit: RateLimitItem, *counted: str) -> float:
        """Return the Unix time at which the oldest counted request leaves the window."""
        return (await self._limiter.get_window_stats(limit, *counted)).reset_time

    def _on_store_error(self, error: StorageError) -> None:
        """Pause counting. Logs the first failure of an outage only."""
        if not self._is_failing:
            events.rate_limit.store_unavailable.log(error=type(error.storage_error).__name__)
        self._is_failing = True
        self._skip_until = time.monotonic() + RETRY_AFTER_FAILURE_S


def _redis(url: str) -> ConnectionPool:
    return ConnectionPool.from_url(
        url, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S
    )


def _storage(pool: ConnectionPool) -> RedisStorage:
    return RedisStorage(
        # The pool has the address; `limits` would refuse one without a port, or of a socket.
        "async+redis://",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix="whisperfarm:rate-limit",
        connection_pool=pool,  # type: ignore[arg-type]  # accepted, but missing from its type
    )
