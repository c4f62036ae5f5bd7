"""A whole farm on RabbitMQ, PostgreSQL, Redis and S3, by settings alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from amqp.exceptions import NotFound
from kombu import Connection
from kombu.transport.native_delayed_delivery import MAX_NUMBER_OF_BITS_TO_USE, level_name
from redis import Redis

from tests.integration.distributed.farm import DistributedFarm
from tests.servers.distributed import DistributedServers
from tests.support import flower
from tests.support.flower import TASK_EVENTS
from tests.support.waiting import until
from whisperfarm_store.notifications.redis import CHANNEL

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_simultaneous_jobs_have_one_result_each(
    farm: DistributedFarm, servers: DistributedServers, audio: bytes
) -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(farm.submit, [audio] * 12))
    documents = [farm.ended(job_id) for job_id in ids]
    assert {one["state"] for one in documents} == {"succeeded"}, farm.log()
    assert len(set(ids)) == 12
    client = servers.s3.client()
    listed = client.list_objects_v2(Bucket=servers.s3.bucket, Prefix="whole/results/")
    client.close()
    transcripts = [found["Key"] for found in listed["Contents"] if "transcript" in found["Key"]]
    assert sorted(key.split("/")[3] for key in transcripts) == sorted(ids)


def test_result_link_downloads_from_the_blob_store(farm: DistributedFarm, audio: bytes) -> None:
    job_id = farm.submit(audio)
    farm.ended(job_id)
    link = farm.get(f"/v1/jobs/{job_id}/result?link=true")
    stored = httpx.get(link["url"])
    assert not link["url"].startswith(farm.url)
    assert link["expires_at"] > "2020"
    assert stored.json() == farm.get(f"/v1/jobs/{job_id}/result")


def test_redis_publishes_finished_jobs(
    farm: DistributedFarm, servers: DistributedServers, audio: bytes
) -> None:
    with Redis.from_url(servers.redis.url, decode_responses=True) as redis:
        hearing = redis.pubsub(ignore_subscribe_messages=True)
        hearing.subscribe(CHANNEL)
        job_id = farm.submit(audio)
        farm.ended(job_id)
        # `None` is the confirmation of the subscription; the notification came before the response
        heard = [hearing.get_message(timeout=5) for _ in range(2)]
        hearing.close()
    assert job_id in [word["data"] for word in heard if word]


def test_waiting_works_without_redis(
    farm: DistributedFarm, servers: DistributedServers, audio: bytes
) -> None:
    servers.redis.kill()
    try:
        assert farm.ended(farm.submit(audio))["state"] == "succeeded"
    finally:
        servers.redis.start()


def test_broker_has_no_delayed_delivery_queues(
    farm: DistributedFarm, servers: DistributedServers
) -> None:
    with Connection(servers.rabbitmq.url) as broker:
        for number in range(MAX_NUMBER_OF_BITS_TO_USE):
            with pytest.raises(NotFound):
                broker.channel().queue_declare(level_name(number), passive=True)


def test_data_folder_has_only_temporary_files(farm: DistributedFarm) -> None:
    found = {path.name for path in farm.folder.iterdir() if path.suffix != ".log"}
    assert found <= {"tmp"}


def test_logs_have_no_secret_and_no_word(
    farm: DistributedFarm, servers: DistributedServers
) -> None:
    log = farm.log()
    secrets = (servers.s3.secret_key, servers.rabbitmq.password, servers.postgresql.password)
    assert not [secret for secret in secrets if secret in log]
    assert "hello  world" not in log


def test_flower_shows_workers_and_jobs_and_no_password(
    farm: DistributedFarm, servers: DistributedServers, audio: bytes, tmp_path: Path
) -> None:
    broker = {"WHISPERFARM_BROKER_URL": servers.rabbitmq.url, "WHISPERFARM_DATA_DIR": str(tmp_path)}
    with flower.started(tmp_path, **broker) as page:
        until(lambda: farm.log().count(TASK_EVENTS) == 2, "both workers to send events of tasks")
        job_id = farm.submit(audio)
        farm.ended(job_id)
        assert page.task(job_id)["name"] == "transcribe demo"
        assert len(page.workers()) == 2
        shown = page.everything() + page.log.read_text()
    assert servers.rabbitmq.password not in shown
