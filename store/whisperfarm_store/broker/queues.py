"""The queues: one for each preset, so that a worker receives only jobs that it has models for."""

from typing import Any

from kombu.entity import Exchange, Queue

from whisperfarm_contract import identifiers
from whisperfarm_store.settings import StoreSettings

JOBS_EXCHANGE = Exchange("whisperfarm", type="direct", durable=True)
DEAD_LETTER_EXCHANGE = Exchange("whisperfarm.dead", type="fanout", durable=True)
"""Receives messages that RabbitMQ delivered too often, for inspection. The ledger dispatches their
jobs again."""

_MAX_DELIVERIES = 20
_HOUR_S = 3600.0


def queues(settings: StoreSettings) -> list[Queue]:
    """Return the queues of the presets that this farm serves."""
    arguments = _queue_arguments(settings) if is_amqp(settings) else None
    return [
        Queue(
            identifiers.queue_name(preset),
            JOBS_EXCHANGE,
            routing_key=identifiers.queue_name(preset),
            durable=True,
            queue_arguments=arguments,
        )
        for preset in settings.presets
    ]


def with_dead_letter_queue(queue: Any) -> list[Queue]:
    """Return the queues to declare before a message is sent to `queue`."""
    if not queue.queue_arguments:
        return [queue]
    dead = Queue(
        DEAD_LETTER_EXCHANGE.name,
        DEAD_LETTER_EXCHANGE,
        durable=True,
        queue_arguments={"x-queue-type": "quorum"},
    )
    return [queue, dead]


def is_amqp(settings: StoreSettings) -> bool:
    """Return whether the broker is RabbitMQ."""
    return settings.resolved_broker_url.startswith(("amqp://", "amqps://", "pyamqp://"))


def consumer_timeout_s(settings: StoreSettings) -> float:
    """Return an upper bound in seconds for the time until a message is acknowledged."""
    return 2 * settings.max_audio_s + _HOUR_S


def _queue_arguments(settings: StoreSettings) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": DEAD_LETTER_EXCHANGE.name,
        "x-delivery-limit": _MAX_DELIVERIES,
        # By default, RabbitMQ closes a channel whose message is not acknowledged in 30 minutes.
        "x-consumer-timeout": round(consumer_timeout_s(settings) * 1000),
    }
