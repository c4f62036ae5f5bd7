"""A tenant over its rate limit is rejected; other tenants are not affected."""

from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from tests.integration.dispatcher.farm import DispatcherFarm, started
from tests.servers import redis
from tests.servers.redis import RedisServer

KEYS = "acme:aaaa,umbrella:bbbb"


def look(farm: DispatcherFarm, key: str = "aaaa") -> httpx.Response:
    return farm.http.get(f"{farm.url}/v1/jobs", headers={"X-API-Key": key})


def test_rate_limit_is_per_tenant(tmp_path: Path) -> None:
    with started(tmp_path, api_keys=KEYS, rate_limit="2/hour") as farm:
        answers = [look(farm, key) for key in ("aaaa", "aaaa", "aaaa", "bbbb")]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200]
    assert answers[2].json()["name"] == "too-many-requests"
    assert 3500 < int(answers[2].headers["Retry-After"]) <= 3600


def test_rate_limit_is_off_by_default(tmp_path: Path) -> None:
    with started(tmp_path, api_keys=KEYS) as farm:
        assert {look(farm).status_code for _ in range(50)} == {200}


def test_dispatchers_count_together_in_redis(tmp_path: Path, redis_server: RedisServer) -> None:
    shared = {"api_keys": KEYS, "rate_limit": "3/hour", "redis_url": redis_server.url}
    with started(tmp_path / "a", **shared) as one, started(tmp_path / "b", **shared) as other:
        statuses = [look(farm).status_code for farm in (one, other, one, other, one)]
    assert statuses == [200, 200, 200, 429, 429]


@pytest.mark.filterwarnings("default")
def test_unavailable_redis_allows_requests_and_is_logged_once(tmp_path: Path) -> None:
    with (
        redis.started() as server,
        started(tmp_path, api_keys=KEYS, rate_limit="1/hour", redis_url=server.url) as farm,
        capture_logs() as logs,
    ):
        assert [look(farm).status_code for _ in range(2)] == [200, 429]
        server.kill()
        assert {look(farm).status_code for _ in range(5)} == {200}
    assert [one["event"] for one in logs].count("rate_limit.store_unavailable") == 1
