"""A caller of the AMQP ingress: publishes submissions and receives the replies."""

import base64
import json
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import pika
from pika.exceptions import UnroutableError

from tests.chaos.callback_receiver import ReceivedCallbacks

_QUEUE = "whisperfarm.jobs"
_QUEUE_DECLARED_WITHIN_S = 60.0
_POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class Reply:
    """The final state of a job, from its reply."""

    job_id: str
    state: str
    problem: str


class AmqpCaller:
    """A connection with its own reply queue. Use it in one thread only."""

    def __init__(self, broker_url: str, callbacks: ReceivedCallbacks) -> None:
        self._url = broker_url
        self._callbacks = callbacks
        self._replies: dict[str, Reply] = {}

    def __enter__(self) -> Self:
        parameters = pika.URLParameters(self._url)
        parameters.virtual_host = parameters.virtual_host or "/"  # as Celery does
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
        """Publish a submission. Returns once the broker has confirmed the message."""
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
        deadline = time.monotonic() + _QUEUE_DECLARED_WITHIN_S
        while True:
            try:
                return self._publish(json.dumps(body).encode(), properties)
            except UnroutableError:  # no dispatcher has declared the queue yet
                if time.monotonic() > deadline:
                    raise
                self._connection.process_data_events(_POLL_S)

    def _publish(self, body: bytes, properties: Any) -> None:
        self._channel.basic_publish("", _QUEUE, body, properties, mandatory=True)

    def await_reply(self, key: str, *, within_s: float) -> Reply:
        """Return the reply to that message. Raises `TimeoutError`."""
        deadline = time.monotonic() + within_s
        while key not in self._replies:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no reply to {key} within {within_s:g} s")
            self._connection.process_data_events(_POLL_S)
        return self._replies[key]

    def _read(self, _channel: Any, _method: Any, properties: Any, body: bytes) -> None:
        job = json.loads(body)["data"]
        if properties.type == "message.rejected":
            self._callbacks.invalid.append(f"a message was rejected: {job}")
            return
        problem = str((job["problem"] or {}).get("name", ""))
        self._callbacks.record(job["id"], properties.message_id, job["state"])
        self._replies[properties.correlation_id] = Reply(job["id"], job["state"], problem)
