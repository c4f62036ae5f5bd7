"""Confirmations of many messages at once, by a broker that confirms as it is asked to."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, cast

import pytest
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from whisperfarm_store.broker.confirmed_channel import ConfirmedChannel


class Broker:
    """A connection and its only channel. Each `drain_events` delivers one of the `replies`."""

    connection_errors = ()
    auto_declare = False

    def __init__(self, *replies: tuple[str, int, bool]) -> None:
        self.transport_options: dict[str, Any] = {"read_timeout": 20.0}
        self.events: dict[str, set[Callable[[int, bool], None]]] = defaultdict(set)
        self.is_confirming = False
        self._replies = list(replies)

    def connect(self) -> None: ...

    def channel(self) -> "Broker":
        return self

    def confirm_select(self) -> None:
        self.is_confirming = True

    def drain_events(self, *, timeout: float) -> None:
        if not self._replies:
            raise TimeoutError(f"no reply within {timeout} s")
        kind, number, multiple = self._replies.pop(0)
        for callback in self.events[kind]:
            callback(number, multiple)

    @property
    def left(self) -> int:
        return len(self._replies)


def send(broker: Broker, count: int) -> ConfirmedChannel:
    channel = ConfirmedChannel(cast("Connection", broker))
    for _ in range(count):
        channel.count()
    return channel


def test_wait_ends_when_all_messages_are_confirmed() -> None:
    broker = Broker(("basic_ack", 2, False), ("basic_ack", 1, False), ("basic_ack", 3, False))
    send(broker, 3).wait_confirmed(within_s=1)
    assert (broker.left, broker.is_confirming) == (0, True)


def test_one_confirmation_confirms_all_messages_before_it() -> None:
    broker = Broker(("basic_ack", 2, True), ("basic_ack", 3, False))
    send(broker, 3).wait_confirmed(within_s=1)
    assert broker.left == 0


def test_wait_raises_if_a_message_is_not_confirmed() -> None:
    with pytest.raises(TimeoutError):
        send(Broker(("basic_ack", 1, False)), 2).wait_confirmed(within_s=1)


def test_wait_raises_if_a_message_is_rejected() -> None:
    with pytest.raises(OperationalError, match="message 1"):
        send(Broker(("basic_nack", 1, False)), 1).wait_confirmed(within_s=1)


def test_kombu_does_not_wait_for_each_message() -> None:
    broker = Broker()
    send(broker, 0)
    assert broker.transport_options == {"read_timeout": 20.0, "confirm_publish": False}
