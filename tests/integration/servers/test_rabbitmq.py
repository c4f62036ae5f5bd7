"""The RabbitMQ of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from kombu import Connection, Exchange, Queue
from kombu.simple import SimpleQueue

from tests.servers import rabbitmq
from tests.servers.rabbitmq import RabbitmqServer

pytestmark = pytest.mark.slow


@contextmanager
def _queue(server: RabbitmqServer, name: str) -> Iterator[SimpleQueue]:
    """Declare a quorum queue, with publisher confirms."""
    declared = Queue(name, Exchange(name), name, queue_arguments={"x-queue-type": "quorum"})
    with (
        Connection(server.url, transport_options={"confirm_publish": True}) as connection,
        SimpleQueue(connection, declared) as opened,
    ):
        yield opened


def test_confirmed_messages_survive_a_kill(rabbitmq_server: RabbitmqServer) -> None:
    with _queue(rabbitmq_server, "kept") as queue:
        for number in range(50):
            queue.put(number, confirm_timeout=30)
    rabbitmq_server.wait_until_kept("kept")
    rabbitmq_server.kill()
    rabbitmq_server.start()
    with _queue(rabbitmq_server, "kept") as queue:
        got = [queue.get(timeout=30) for _ in range(50)]
    assert [message.payload for message in got] == list(range(50))


def test_servers_are_independent(rabbitmq_server: RabbitmqServer) -> None:
    with (
        rabbitmq.started() as other,
        _queue(other, "apart") as theirs,
        _queue(rabbitmq_server, "apart") as ours,
    ):
        theirs.put("theirs", confirm_timeout=30)
        assert theirs.get(timeout=30).payload == "theirs"
        with pytest.raises(ours.Empty):
            ours.get(block=False)
