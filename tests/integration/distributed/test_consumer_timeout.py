"""A job that takes longer than RabbitMQ's consumer timeout."""

from pathlib import Path

import pytest

from tests.integration.distributed.farm import running
from tests.servers import rabbitmq
from tests.servers.distributed import DistributedServers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TIMEOUT_S = 3.0
SHARED = ("postgresql", "redis", "s3")
_SETTINGS = {
    "consumer_timeout": str(round(TIMEOUT_S * 1000)),
    "channel_tick_interval": "500",
}


def test_job_longer_than_the_consumer_timeout_has_one_attempt(
    request: pytest.FixtureRequest, tmp_path: Path, audio: bytes
) -> None:
    given = {kind: request.getfixturevalue(f"{kind}_server") for kind in SHARED}
    with rabbitmq.started(settings=_SETTINGS) as impatient:
        servers = DistributedServers(rabbitmq=impatient, **given)
        settings = servers.settings(prefix="timeout")
        stub = {"STUB_TAKES_S": str(3 * TIMEOUT_S), "STUB_CONSUMER_TIMEOUT_S": str(TIMEOUT_S)}
        with running(tmp_path, settings, **stub) as farm:
            first = farm.ended(farm.submit(audio))
            second = farm.ended(farm.submit(audio))  # by the same worker
        log = farm.log()
    ends = [(one["state"], one["attempt"]) for one in (first, second)]
    assert ends == [("succeeded", 1)] * 2, log
    assert "worker.consumer_restarted" in log  # proves that the timeout was exceeded
    client = servers.s3.client()
    listed = client.list_objects_v2(Bucket=servers.s3.bucket, Prefix="timeout/results/")
    client.close()
    results = [found["Key"] for found in listed["Contents"] if "transcript" in found["Key"]]
    assert len(results) == 2
