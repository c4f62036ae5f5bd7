"""Checks of the broker and of the wake-ups."""

from typing import Any
from uuid import uuid4

from whisperfarm.doctor.finding import Finding, bad, good, guarded, note
from whisperfarm_store.broker import celery_app
from whisperfarm_store.broker.queues import is_amqp, longest_attempt_s, with_dead_letters
from whisperfarm_store.settings import StoreSettings

_WAIT_S = 5
_OWN_TIMEOUT_SINCE = (3, 12)
"""From this RabbitMQ on, a queue says itself how long a message may be held."""


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
    """Say something on Redis and hear it."""
    if settings.redis_url is None:
        return good("wake-ups", "without Redis: the ledger is asked while somebody waits")
    url = settings.redis_url.get_secret_value()

    def look() -> Finding:
        from redis import Redis

        with Redis.from_url(url, socket_timeout=_WAIT_S, decode_responses=True) as client:
            return _echo(client, f"whisperfarm.doctor.{uuid4().hex}")

    return guarded("wake-ups", look, mend="check WHISPERFARM_REDIS_URL; until then callers wait")


def _rabbitmq(connection: Any, queues: list[Any], settings: StoreSettings) -> Finding:
    for queue in queues:
        try:
            for one in with_dead_letters(queue):
                one(connection.channel()).declare()  # type: ignore[no-untyped-call]
        except connection.channel_errors as error:
            return bad("broker", f"the queue {queue.name} can not be used: {error}", mend=_MEND)
    version = str(connection.connection.server_properties.get("version", "0"))
    text = f"RabbitMQ {version} answers; {len(queues)} quorum queues"
    if tuple(map(int, version.split(".")[:2])) >= _OWN_TIMEOUT_SINCE:
        return good("broker", text)
    wanted = round(longest_attempt_s(settings) * 1000)
    return note(
        "broker",
        f"{text}; it takes back messages of jobs that run longer than its consumer_timeout",
        mend=f"set consumer_timeout = {wanted} in rabbitmq.conf, or use RabbitMQ 3.12 or newer",
    )


_MEND = (
    "a queue of that name with other properties must be deleted; the ledger gives its jobs out"
    " again"
)


def _echo(client: Any, channel: str) -> Finding:
    with client.pubsub(ignore_subscribe_messages=True) as subscription:
        subscription.subscribe(channel)
        subscription.get_message(timeout=_WAIT_S)  # that the subscription holds
        client.publish(channel, "hello")
        heard = subscription.get_message(timeout=_WAIT_S)
    if heard is None:
        return bad("wake-ups", "what was said was not heard", mend="let clients use pub/sub")
    return good("wake-ups", "Redis answers; said and heard")
