"""Consumes messages from RabbitMQ, and acknowledges each once it is handled.

One thread owns the connection, because kombu's connections are not thread-safe. Each message is
handled in a separate thread; the broker delivers at most `AT_ONCE` per tenant at a time.
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

from whisperfarm_dispatcher.amqp.handler import Desk
from whisperfarm_dispatcher.amqp.message import Delivered
from whisperfarm_dispatcher.amqp.publisher import RESULTS
from whisperfarm_dispatcher.amqp.topology import dead_queue, job_queue
from whisperfarm_store import events
from whisperfarm_store.broker.transport import RABBITMQ_OPTIONS

AT_ONCE = 4
STOP_S = 2.0
"""How long `stop` waits for messages that are being handled."""

_HEARTBEAT_S = 30
_CONNECT_S = 5.0
_IDLE_S, _BUSY_S = 0.5, 0.01
"""How long to wait for messages before acknowledging the handled ones: while none is being handled,
and while some are."""

_LONGEST_PAUSE_S = 15.0
_FAULTS = (AMQPError, KombuError, OSError)


class Door:
    """Consumer of the tenants' queues. It reconnects after every outage until it is stopped."""

    def __init__(
        self, url: str, tenants: Iterable[str], desk: Desk, *, stopping: threading.Event
    ) -> None:
        self._url = url
        self._tenants = tuple(tenants)
        self._desk = desk
        self._stopping = stopping
        self._done: queue.SimpleQueue[tuple[Any, bool]] = queue.SimpleQueue()
        self._in_hand = 0
        self._thread = threading.Thread(target=self._run, name="rabbitmq-door", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop consuming. The broker redelivers messages that are not acknowledged."""
        self._stopping.set()
        self._thread.join(STOP_S)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self._serve()
                failures = 0
            except _FAULTS as error:
                failures += 1
                pause_s = min(0.5 * 2.0**failures, _LONGEST_PAUSE_S)
                events.amqp.unavailable.log(error=str(error), retry_in_s=pause_s)
                self._stopping.wait(pause_s)

    def _serve(self) -> None:
        """Consume over one connection, until it breaks or `stop` is called."""
        # Messages of an earlier connection cannot be acknowledged on this one.
        self._done, self._in_hand = queue.SimpleQueue(), 0
        with Connection(
            self._url,
            heartbeat=_HEARTBEAT_S,
            connect_timeout=_CONNECT_S,
            transport_options=dict(RABBITMQ_OPTIONS),
        ) as connection:
            self._consume(connection.default_channel)
            events.amqp.listening.log(tenants=list(self._tenants))
            while not self._stopping.is_set():
                self._listen(connection)
                self._settle()
            self._finish()

    def _consume(self, channel: Any) -> None:
        for needed in (dead_queue(), RESULTS, *map(job_queue, self._tenants)):
            bound: Any = needed(channel)
            bound.declare()
        for tenant in self._tenants:
            Consumer(
                channel,
                [job_queue(tenant)],
                on_message=partial(self._begin, tenant, self._done),
                prefetch_count=AT_ONCE,
                auto_declare=False,
            ).consume()

    def _listen(self, connection: Connection) -> None:
        try:
            connection.drain_events(timeout=_BUSY_S if self._in_hand else _IDLE_S)
        except TimeoutError:
            connection.heartbeat_check()

    def _begin(self, tenant: str, done: "queue.SimpleQueue[Any]", message: Any) -> None:
        self._in_hand += 1
        run = partial(self._handle, message, _delivered(tenant, message), done)
        threading.Thread(target=run, name="rabbitmq-message", daemon=True).start()

    def _handle(self, message: Any, told: Delivered, done: "queue.SimpleQueue[Any]") -> None:
        finished = False
        try:
            finished = self._desk.handle(told)
        finally:
            done.put((message, finished))

    def _settle(self, *, timeout_s: float = 0) -> None:
        """Acknowledge or requeue the messages whose handlers have returned."""
        try:
            while True:
                message, finished = self._done.get(timeout=timeout_s or None, block=timeout_s > 0)
                self._in_hand -= 1
                if finished:
                    message.ack()
                else:
                    message.requeue()
        except queue.Empty:
            pass

    def _finish(self) -> None:
        """Settle messages as long as handlers return; closing the connection requeues the rest."""
        while self._in_hand:
            before = self._in_hand
            self._settle(timeout_s=STOP_S / 2)
            if self._in_hand == before:
                return


def _delivered(tenant: str, message: Any) -> Delivered:
    body = message.body
    return Delivered(
        tenant=tenant,
        body=body.encode() if isinstance(body, str) else bytes(body),
        content_type=message.content_type,
        properties=dict(message.properties),
        headers=dict(message.headers or {}),
        redelivered=bool(message.delivery_info.get("redelivered")),
    )
