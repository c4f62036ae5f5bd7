"""Messages to the RabbitMQ door, and the answers to them."""

import base64
import json
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import pika
from pika.exceptions import UnroutableError

from tests.chaos.receiver import Received

_QUEUE = "whisperfarm.jobs"
_OPENED_WITHIN_S = 60.0
_LISTEN_S = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """How a job ended, as its answer says."""

    job_id: str
    state: str
    problem: str


class AmqpCaller:
    """One writer's connection and its queue for answers. For one thread."""

    def __init__(self, broker_url: str, received: Received) -> None:
        self._url = broker_url
        self._told = received
        self._answers: dict[str, Answer] = {}

    def __enter__(self) -> Self:
        parameters = pika.URLParameters(self._url)
        parameters.virtual_host = parameters.virtual_host or "/"  # which is how Celery reads it
        self._connection: Any = pika.BlockingConnection(parameters)
        self._channel = self._connection.channel()
        self._channel.confirm_delivery()
        self._queue = self._channel.queue_declare("", exclusive=True).method.queue
        self._channel.basic_consume(self._queue, self._read, auto_ack=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def send(self, key: str, wav: bytes) -> None:
        """Hand the recording in: when this returns, the broker has the message."""
        body = {
            "id": key.removeprefix("message:"),
            "audio": {"base64": base64.b64encode(wav).decode()},
            "model": "demo",
        }
        properties = pika.BasicProperties(
            content_type="application/json",
            delivery_mode=2,
            reply_to=self._queue,
            correlation_id=key,
        )
        deadline = time.monotonic() + _OPENED_WITHIN_S
        while True:
            try:
                return self._publish(json.dumps(body).encode(), properties)
            except UnroutableError:  # no dispatcher has opened the door yet
                if time.monotonic() > deadline:
                    raise
                self._connection.process_data_events(_LISTEN_S)

    def _publish(self, body: bytes, properties: Any) -> None:
        self._channel.basic_publish("", _QUEUE, body, properties, mandatory=True)

    def outcome(self, key: str, *, within_s: float) -> Answer:
        """The answer to that message."""
        deadline = time.monotonic() + within_s
        while key not in self._answers:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no answer to {key} within {within_s:g} s")
            self._connection.process_data_events(_LISTEN_S)
        return self._answers[key]

    def _read(self, _channel: Any, _how: Any, properties: Any, body: bytes) -> None:
        received = json.loads(body)["data"]
        if properties.type == "message.rejected":
            self._told.bad.append(f"a message was refused: {received}")
            return
        problem = str((received["problem"] or {}).get("name", ""))
        self._told.note(received["id"], properties.message_id, received["state"])
        self._answers[properties.correlation_id] = Answer(
            received["id"], received["state"], problem
        )
