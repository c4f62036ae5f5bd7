"""A channel of its own connection whose messages RabbitMQ confirms.

kombu waits for the confirmation of each message before it sends the next. Here, one wait confirms
all messages that were sent since the last.
"""

import time
from contextlib import suppress

from kombu.connection import Connection
from kombu.exceptions import KombuError, OperationalError
from kombu.messaging import Producer


class ConfirmedChannel:
    """A channel, and the numbers of its messages that are not confirmed yet. Not thread-safe.

    A broker that is not RabbitMQ confirms nothing: there, `wait_confirmed` returns at once. All
    methods raise the errors of the connection.
    """

    def __init__(self, connection: Connection) -> None:
        options = {**(connection.transport_options or {}), "confirm_publish": False}
        connection.transport_options = options
        connection.connect()
        self._connection = connection
        channel = connection.channel()
        self.producer = Producer(channel, auto_declare=False)
        self._confirms = hasattr(channel, "confirm_select")
        self._count = 0
        self._unconfirmed: set[int] = set()
        if self._confirms:
            channel.confirm_select()
            channel.events["basic_ack"].add(self._on_ack)
            channel.events["basic_nack"].add(self._on_nack)

    def count(self) -> None:
        """Count a message that is about to be sent. RabbitMQ numbers them from 1."""
        self._count += 1
        if self._confirms:
            self._unconfirmed.add(self._count)

    def wait_confirmed(self, *, within_s: float) -> None:
        """Wait until all messages are confirmed.

        Raises `TimeoutError` after `within_s` seconds, and `OperationalError` if one is rejected.
        """
        deadline = time.monotonic() + within_s
        while self._unconfirmed:
            self._connection.drain_events(timeout=max(0.001, deadline - time.monotonic()))

    def close(self) -> None:
        """Close the connection, and ignore failures."""
        with suppress(KombuError, OSError, *self._connection.connection_errors):
            self._connection.close()

    def _on_ack(self, number: int, multiple: bool) -> None:
        first = min(self._unconfirmed, default=number) if multiple else number
        self._unconfirmed.difference_update(range(first, number + 1))

    def _on_nack(self, number: int, multiple: bool) -> None:  # noqa: ARG002 - one suffices
        raise OperationalError(f"the broker rejected message {number} of the connection")
