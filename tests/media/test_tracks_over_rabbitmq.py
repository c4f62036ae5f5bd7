"""The option `track` in messages to RabbitMQ, from the message to the transcript."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import amqp
import pytest

from tests.media.corpus.checks import check
from tests.media.corpus.tables import CASES
from tests.media.corpus.transcription import of_job
from tests.servers.rabbitmq import RabbitmqServer
from tests.support.farm import EmbeddedFarm, started
from tests.support.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

QUEUE = "whisperfarm.jobs"


@pytest.fixture(scope="module")
def farm(
    rabbitmq_server: RabbitmqServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedFarm]:
    """Run a farm with the AMQP ingress."""
    folder = tmp_path_factory.mktemp("farm")
    settings = {
        "WHISPERFARM_BROKER_URL": rabbitmq_server.url,
        "WHISPERFARM_AMQP_INGRESS": "true",
        "WHISPERFARM_RESULT_CACHE": "false",
    }
    with started(folder / "data", log=folder / "farm.log", **settings) as running:
        yield running


@pytest.fixture
def channel(rabbitmq_server: RabbitmqServer) -> Iterator[Any]:
    with amqp.Connection(
        f"127.0.0.1:{rabbitmq_server.port}", "farm", rabbitmq_server.password
    ) as connection:
        yield connection.channel()


@pytest.mark.parametrize(
    "name",
    ["track-two.mp4", "track-1.mp4", "track-de.mkv", "track-missing-fr.mp4", "track-1.ts"],
)
def test_message_with_a_track_gives_the_words_of_that_track(
    farm: EmbeddedFarm, channel: Any, tmp_path: Path, name: str
) -> None:
    case, path = CASES[name], tmp_path / CASES[name].file
    case.make(case, path)
    event = _submit(channel, path, name, case.all_options)
    check(case, of_job(farm, event["data"]))


def _submit(channel: Any, path: Path, name: str, options: dict[str, str]) -> dict[str, Any]:
    """Send a message, and return the event with the outcome of its job."""
    reply_to = channel.queue_declare("", exclusive=True).queue
    message = {
        "id": name,
        "audio": {"base64": base64.b64encode(path.read_bytes()).decode()},
        "filename": path.name,
        **options,
    }
    body = amqp.Message(json.dumps(message), content_type="application/json", reply_to=reply_to)
    channel.basic_publish(body, routing_key=QUEUE)
    received = until(lambda: channel.basic_get(reply_to, no_ack=True), "the outcome", within_s=600)
    event: dict[str, Any] = json.loads(received.body)
    return event
