"""Checks of the broker and of the notifications over Redis."""

from typing import Any
from uuid import uuid4

from whisperfarm.doctor.finding import Finding, fail, ok, run_check, warn
from whisperfarm_store.broker import celery_app
from whisperfarm_store.broker.queues import consumer_timeout_s, is_amqp, with_dead_letter_queue
from whisperfarm_store.settings import StoreSettings

_TIMEOUT_S = 5
_QUEUE_TIMEOUT_SINCE = (3, 12)
"""The first RabbitMQ version in which a queue can set its consumer timeout."""


def broker(settings: StoreSettings) -> Finding:
    """Connect once, without retries; on RabbitMQ, declare the queues."""

    def check() -> Finding:
        app = celery_app(settings)
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=_TIMEOUT_S)
            if not is_amqp(settings):
                return ok("broker", f"{connection.transport_cls} answers")
            return _rabbitmq(connection, list(app.amqp.queues.values()), settings)

    return run_check("broker", check, hint="check WHISPERFARM_BROKER_URL and that the broker runs")


def notifications(settings: StoreSettings) -> Finding:
    """Publish a message on Redis and receive it."""
    if settings.redis_url is None:
        return ok("redis", "not configured: waiting requests poll the ledger")
    url = settings.redis_url.get_secret_value()

    def check() -> Finding:
        from redis import Redis

        with Redis.from_url(url, socket_timeout=_TIMEOUT_S, decode_responses=True) as client:
            return _echo(client, f"whisperfarm.doctor.{uuid4().hex}")

    return run_check(
        "redis", check, hint="check WHISPERFARM_REDIS_URL; without Redis, results arrive later"
    )


def _rabbitmq(connection: Any, queues: list[Any], settings: StoreSettings) -> Finding:
    for queue in queues:
        try:
            for one in with_dead_letter_queue(queue):
                one(connection.channel()).declare()  # type: ignore[no-untyped-call]
        except connection.channel_errors as error:
            return fail("broker", f"the queue {queue.name} cannot be used: {error}", hint=_HINT)
    version = str(connection.connection.server_properties.get("version", "0"))
    text = f"RabbitMQ {version} answers; {len(queues)} quorum queues"
    if tuple(map(int, version.split(".")[:2])) >= _QUEUE_TIMEOUT_SINCE:
        return ok("broker", text)
    wanted = round(consumer_timeout_s(settings) * 1000)
    return warn(
        "broker",
        f"{text}; it redelivers messages of jobs that run longer than its consumer_timeout",
        hint=f"set consumer_timeout = {wanted} in rabbitmq.conf, or use RabbitMQ 3.12 or newer",
    )


_HINT = (
    "if a queue of this name has other properties, delete it; its jobs are dispatched again from"
    " the ledger"
)


def _echo(client: Any, channel: str) -> Finding:
    with client.pubsub(ignore_subscribe_messages=True) as subscription:
        subscription.subscribe(channel)
        subscription.get_message(timeout=_TIMEOUT_S)  # the confirmation of the subscription
        client.publish(channel, "hello")
        received = subscription.get_message(timeout=_TIMEOUT_S)
    if received is None:
        return fail(
            "redis", "a published message was not received", hint="allow pub/sub for this user"
        )
    return ok("redis", "answers; a published message was received")
