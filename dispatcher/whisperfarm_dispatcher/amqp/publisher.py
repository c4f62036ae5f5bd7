"""Publishes messages to RabbitMQ, with the broker's confirmation."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from amqp.exceptions import AMQPError
from kombu.connection import Connection
from kombu.entity import Exchange
from kombu.exceptions import KombuError
from kombu.messaging import Producer

from whisperfarm_contract.identifiers import RESULTS_EXCHANGE
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store import events
from whisperfarm_store.broker.transport import RABBITMQ_OPTIONS

RESULTS = Exchange(RESULTS_EXCHANGE, type="topic", durable=True)
"""The exchange for events of finished jobs, with the routing key `<tenant>.<state>`."""


_CONNECT_TIMEOUT_S = 5.0
_CONFIRM_TIMEOUT_S = 10.0
_CONNECTION_ERRORS = (AMQPError, KombuError, OSError)


class Unroutable(Exception):
    """The broker has no queue for the message."""


class AmqpPublisher:
    """Publisher with one connection, which is opened on first use. Thread-safe."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._clock = clock
        self._lock = threading.Lock()
        self._producer: Producer | None = None
        self._returned: list[Exception] = []

    def publish(
        self,
        body: bytes,
        *,
        exchange: str = "",
        routing_key: str,
        mandatory: bool,
        **properties: Any,
    ) -> None:
        """Publish a persistent message. Returns once the broker has confirmed it.

        `properties` are AMQP properties. Raises `Unroutable` if the message is `mandatory` and no
        queue receives it, and `FarmUnavailable` if the broker does not confirm it.
        """
        message = {
            "content_type": "application/json",
            "content_encoding": "utf-8",
            "delivery_mode": 2,
            "timestamp": int(self._clock()),
            "app_id": "whisperfarm",
            **properties,
        }
        target = {"exchange": exchange, "routing_key": routing_key, "mandatory": mandatory}
        with self._lock:
            try:
                self._publish_with_reconnect(body, target, message)
            except _CONNECTION_ERRORS as error:
                self._close()
                events.amqp.publish_failed.log(error=str(error))
                raise FarmUnavailable("the broker does not accept messages") from error

    def close(self) -> None:
        with self._lock:
            self._close()

    def _publish_with_reconnect(
        self, body: bytes, target: Mapping[str, Any], message: Mapping[str, Any]
    ) -> None:
        is_new_connection = self._producer is None
        try:
            self._publish_confirmed(body, target, message)
        except _CONNECTION_ERRORS:
            if is_new_connection:
                raise
            self._close()  # an idle connection may have broken since its last use
            self._publish_confirmed(body, target, message)

    def _publish_confirmed(
        self, body: bytes, target: Mapping[str, Any], message: Mapping[str, Any]
    ) -> None:
        if self._producer is None:
            self._producer = self._connect()
        self._returned.clear()
        self._producer.publish(
            body, **target, **message, retry=False, confirm_timeout=_CONFIRM_TIMEOUT_S
        )
        if self._returned:
            raise Unroutable(str(self._returned[0]))

    def _connect(self) -> Producer:
        connection = Connection(
            self._url, connect_timeout=_CONNECT_TIMEOUT_S, transport_options=dict(RABBITMQ_OPTIONS)
        )
        channel = connection.default_channel
        bound: Any = RESULTS(channel)
        bound.declare()
        return Producer(channel, on_return=lambda error, *_: self._returned.append(error))

    def _close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(*_CONNECTION_ERRORS):
                producer.connection.close()
