"""Consumes messages from RabbitMQ, and acknowledges each once it is handled.

One thread owns the connection, because kombu's connections are not thread-safe. Each message is
handled in a separate thread; the broker delivers at most `PREFETCH` per tenant at a time.
"""

import queue
import threading
from collections.abc import Iterable
from functools import partial
from typing import Any

from amqp.exceptions import AMQPError
from kombu.connection import Connection
from kombu.exceptions import KombuError
from kombu.messaging import Consumer

from whisperfarm_contract.retry_policy import RetryPolicy
from whisperfarm_dispatcher.amqp.handler import MessageHandler
from whisperfarm_dispatcher.amqp.message import IncomingMessage
from whisperfarm_dispatcher.amqp.publisher import RESULTS
from whisperfarm_dispatcher.amqp.topology import dead_letter_queue, job_queue
from whisperfarm_store import events
from whisperfarm_store.broker.transport import RABBITMQ_OPTIONS

PREFETCH = 4
STOP_TIMEOUT_S = 2.0
"""How long `stop` waits for messages that are being handled."""

_HEARTBEAT_S = 30
_CONNECT_TIMEOUT_S = 5.0
_IDLE_POLL_S, _BUSY_POLL_S = 0.5, 0.01
"""How long to wait for messages before acknowledging the handled ones: while none is being handled,
and while some are."""

_RECONNECT_POLICY = RetryPolicy(initial_s=1.0, max_s=15.0, jitter=0.0)
_CONNECTION_ERRORS = (AMQPError, KombuError, OSError)


class AmqpConsumer:
    """Consumer of the tenants' queues. It reconnects after every outage until it is stopped."""

    def __init__(
        self,
        url: str,
        tenants: Iterable[str],
        handler: MessageHandler,
        *,
        stopping: threading.Event,
    ) -> None:
        self._url = url
        self._tenants = tuple(tenants)
        self._handler = handler
        self._stopping = stopping
        self._done: queue.SimpleQueue[tuple[Any, bool]] = queue.SimpleQueue()
        self._unsettled = 0
        self._thread = threading.Thread(target=self._run, name="amqp-consumer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop consuming. The broker redelivers messages that are not acknowledged."""
        self._stopping.set()
        self._thread.join(STOP_TIMEOUT_S)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self._run_connection()
                failures = 0
            except _CONNECTION_ERRORS as error:
                failures += 1
                delay_s = _RECONNECT_POLICY.delay_s(failures, chance=0.0)
                events.amqp.unavailable.log(error=str(error), retry_in_s=delay_s)
                self._stopping.wait(delay_s)

    def _run_connection(self) -> None:
        """Consume over one connection, until it breaks or `stop` is called."""
        # Messages of an earlier connection cannot be acknowledged on this one.
        self._done, self._unsettled = queue.SimpleQueue(), 0
        with Connection(
            self._url,
            heartbeat=_HEARTBEAT_S,
            connect_timeout=_CONNECT_TIMEOUT_S,
            transport_options=dict(RABBITMQ_OPTIONS),
        ) as connection:
            self._declare_and_consume(connection.default_channel)
            events.amqp.listening.log(tenants=list(self._tenants))
            while not self._stopping.is_set():
                self._drain_events(connection)
                self._settle()
            self._wait_for_handlers()

    def _declare_and_consume(self, channel: Any) -> None:
        for declarable in (dead_letter_queue(), RESULTS, *map(job_queue, self._tenants)):
            bound: Any = declarable(channel)
            bound.declare()
        for tenant in self._tenants:
            Consumer(
                channel,
                [job_queue(tenant)],
                on_message=partial(self._on_message, tenant, self._done),
                prefetch_count=PREFETCH,
                auto_declare=False,
            ).consume()

    def _drain_events(self, connection: Connection) -> None:
        try:
            connection.drain_events(timeout=_BUSY_POLL_S if self._unsettled else _IDLE_POLL_S)
        except TimeoutError:
            connection.heartbeat_check()

    def _on_message(self, tenant: str, done: "queue.SimpleQueue[Any]", message: Any) -> None:
        self._unsettled += 1
        run = partial(self._handle, message, _incoming(tenant, message), done)
        threading.Thread(target=run, name="amqp-message", daemon=True).start()

    def _handle(
        self, message: Any, incoming: IncomingMessage, done: "queue.SimpleQueue[Any]"
    ) -> None:
        settled = False
        try:
            settled = self._handler.handle(incoming)
        finally:
            done.put((message, settled))

    def _settle(self, *, timeout_s: float = 0) -> None:
        """Acknowledge or requeue the messages whose handlers have returned."""
        try:
            while True:
                message, settled = self._done.get(timeout=timeout_s or None, block=timeout_s > 0)
                self._unsettled -= 1
                if settled:
                    message.ack()
                else:
                    message.requeue()
        except queue.Empty:
            pass

    def _wait_for_handlers(self) -> None:
        """Settle messages as long as handlers return; closing the connection requeues the rest."""
        while self._unsettled:
            before = self._unsettled
            self._settle(timeout_s=STOP_TIMEOUT_S / 2)
            if self._unsettled == before:
                return


def _incoming(tenant: str, message: Any) -> IncomingMessage:
    body = message.body
    return IncomingMessage(
        tenant=tenant,
        body=body.encode() if isinstance(body, str) else bytes(body),
        content_type=message.content_type,
        properties=dict(message.properties),
        headers=dict(message.headers or {}),
        redelivered=bool(message.delivery_info.get("redelivered")),
    )
