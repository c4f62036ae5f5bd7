"""The Redis of the tests."""

import pytest
from redis import Redis

from tests.servers import redis
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.slow


def test_keys_survive_a_kill(redis_server: RedisServer) -> None:
    with Redis.from_url(redis_server.url) as client:
        client.set("kept", "yes")
        redis_server.kill()
        redis_server.start()
        assert client.get("kept") == b"yes"


def test_servers_are_independent_and_can_be_wiped(redis_server: RedisServer) -> None:
    with redis.started() as other, Redis.from_url(other.url) as client:
        client.set("theirs", "yes")
        with Redis.from_url(redis_server.url) as ours:
            assert ours.get("theirs") is None
        other.wipe()
        other.start()
        assert client.get("theirs") is None
