"""The dispatcher's connections to RabbitMQ: the AMQP ingress, replies and results."""

from collections.abc import Sequence
from logging import INFO, WARNING

from whisperfarm_store.events.event import DISPATCHER, event


@event(INFO, DISPATCHER)
def listening(*, tenants: Sequence[str]) -> None:
    """The AMQP ingress consumes the queues of these tenants."""


@event(WARNING, DISPATCHER)
def unavailable(*, error: str, retry_in_s: float) -> None:
    """The AMQP ingress lost its connection, and connects again."""


@event(WARNING, DISPATCHER)
def publish_failed(*, error: str) -> None:
    """The broker did not take a reply, a result or a dead letter."""
