"""Checks of the broker and of the notifications over Redis."""

from typing import Any
from uuid import uuid4

from whisperfarm.doctor.finding import Finding, bad, good, guarded, note
from whisperfarm_store.broker import celery_app
from whisperfarm_store.broker.queues import is_amqp, longest_attempt_s, with_dead_letters
from whisperfarm_store.settings import StoreSettings

_WAIT_S = 5
_OWN_TIMEOUT_SINCE = (3, 12)
"""The first RabbitMQ version in which a queue can set its consumer timeout."""


def broker(settings: StoreSettings) -> Finding:
    """Connect once, without retries; on RabbitMQ, declare the queues."""

    def look() -> Finding:
        app = celery_app(settings)
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=_WAIT_S)
            if not is_amqp(settings):
                return good("broker", f"{connection.transport_cls} answers")
            return _rabbitmq(connection, list(app.amqp.queues.values()), settings)

    return guarded("broker", look, mend="check WHISPERFARM_BROKER_URL and that the broker runs")


def wakeups(settings: StoreSettings) -> Finding:
    """Publish a message on Redis and receive it."""
    if settings.redis_url is None:
        return good("redis", "not configured: waiting requests poll the ledger")
    url = settings.redis_url.get_secret_value()

    def look() -> Finding:
        from redis import Redis

        with Redis.from_url(url, socket_timeout=_WAIT_S, decode_responses=True) as client:
            return _echo(client, f"whisperfarm.doctor.{uuid4().hex}")

    return guarded(
        "redis", look, mend="check WHISPERFARM_REDIS_URL; without Redis, results arrive later"
    )


def _rabbitmq(connection: Any, queues: list[Any], settings: StoreSettings) -> Finding:
    for queue in queues:
        try:
            for one in with_dead_letters(queue):
                one(connection.channel()).declare()  # type: ignore[no-untyped-call]
        except connection.channel_errors as error:
            return bad("broker", f"the queue {queue.name} cannot be used: {error}", mend=_MEND)
    version = str(connection.connection.server_properties.get("version", "0"))
    text = f"RabbitMQ {version} answers; {len(queues)} quorum queues"
    if tuple(map(int, version.split(".")[:2])) >= _OWN_TIMEOUT_SINCE:
        return good("broker", text)
    wanted = round(longest_attempt_s(settings) * 1000)
    return note(
        "broker",
        f"{text}; it redelivers messages of jobs that run longer than its consumer_timeout",
        mend=f"set consumer_timeout = {wanted} in rabbitmq.conf, or use RabbitMQ 3.12 or newer",
    )


_MEND = (
    "if a queue of this name has other properties, delete it; its jobs are dispatched again from"
    " the ledger"
)


def _echo(client: Any, channel: str) -> Finding:
    with client.pubsub(ignore_subscribe_messages=True) as subscription:
        subscription.subscribe(channel)
        subscription.get_message(timeout=_WAIT_S)  # the confirmation of the subscription
        client.publish(channel, "hello")
        heard = subscription.get_message(timeout=_WAIT_S)
    if heard is None:
        return bad(
            "redis", "a published message was not received", mend="allow pub/sub for this user"
        )
    return good("redis", "answers; a published message was received")
