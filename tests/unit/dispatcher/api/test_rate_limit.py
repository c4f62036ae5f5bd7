"""Any address of Redis that is a valid setting is one for the rate limiter."""

import asyncio
from pathlib import Path

import pytest

from whisperfarm_dispatcher.api.rate_limit import open_rate_limiter
from whisperfarm_dispatcher.settings import DispatcherSettings


@pytest.mark.parametrize(
    "url",
    [
        "redis://:a-password@redis/0",
        "redis://redis:6380",
        "rediss://redis",
        "unix:///run/redis.sock?db=1",
    ],
)
def test_address_of_redis_needs_no_port(tmp_path: Path, url: str) -> None:
    settings = DispatcherSettings(data_dir=tmp_path, redis_url=url)
    asyncio.run(open_rate_limiter(settings).close())
