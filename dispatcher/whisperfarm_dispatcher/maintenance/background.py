"""Runs the background tasks: dispatch, rescue, callbacks, retention, orphans, the AMQP ingress."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager

from whisperfarm_dispatcher.amqp.consumer import Door
from whisperfarm_dispatcher.amqp.publisher import Post
from whisperfarm_dispatcher.amqp.wiring import open_door
from whisperfarm_dispatcher.callbacks.delivery import Delivery
from whisperfarm_dispatcher.callbacks.senders import ways
from whisperfarm_dispatcher.dependencies import Parts
from whisperfarm_dispatcher.maintenance import orphans, retention
from whisperfarm_dispatcher.maintenance.dispatch import Release
from whisperfarm_dispatcher.maintenance.orphans import Orphans
from whisperfarm_dispatcher.maintenance.rescue import Rescue
from whisperfarm_dispatcher.maintenance.retention import Keep, Retention
from whisperfarm_store.broker.queues import is_amqp
from whisperfarm_store.ledger import WORKER_LIVE_WITHIN_S
from whisperfarm_store.periodic import PeriodicTask


@asynccontextmanager
async def loops(parts: Parts) -> AsyncIterator[None]:
    """Run the background tasks until the block ends."""
    with _post(parts) as post:
        tasks = (_release, _rescue, _retention, _orphans)
        running: list[PeriodicTask | Door] = [
            *(one(parts) for one in tasks),
            _callbacks(parts, post),
        ]
        if post is not None and parts.settings.rabbitmq_door:
            running.append(open_door(parts, post))
        for one in running:
            one.start()
        try:
            yield
        finally:
            await asyncio.gather(*(asyncio.to_thread(one.stop) for one in running))


@contextmanager
def _post(parts: Parts) -> Iterator[Post | None]:
    """Yield a publisher of replies and events, or `None` if the broker is not RabbitMQ."""
    if not is_amqp(parts.settings):
        yield None
        return
    with closing(Post(parts.settings.messages_url)) as post:
        yield post


def _release(parts: Parts) -> PeriodicTask:
    release = Release(
        parts.ledger, parts.publisher, presets=parts.served, seen_within_s=WORKER_LIVE_WITHIN_S
    )
    interval_s = parts.settings.release_every_s
    return PeriodicTask("release", release.run_once, interval_s=interval_s, wake=parts.work)


def _rescue(parts: Parts) -> PeriodicTask:
    rescue = Rescue(
        parts.ledger,
        rerelease_after_s=parts.settings.rerelease_after_s,
        seen_within_s=WORKER_LIVE_WITHIN_S,
        max_kills=parts.settings.max_kills,
        work=parts.work,
    )
    return PeriodicTask("rescue", rescue.run_once, interval_s=parts.settings.rescue_every_s)


def _callbacks(parts: Parts, post: Post | None) -> PeriodicTask:
    delivery = Delivery(parts.ledger, ways(parts.settings, post))
    interval_s = parts.settings.callbacks_every_s
    return PeriodicTask("callbacks", delivery.run_once, interval_s=interval_s, wake=delivery.room)


def _retention(parts: Parts) -> PeriodicTask:
    settings = parts.settings
    keep = Keep(
        audio_days=settings.keep_audio_days,
        results_days=settings.keep_results_days,
        jobs_days=settings.keep_jobs_days,
        idempotency_days=settings.idempotency_days,
    )
    work = Retention(parts.ledger, parts.blobs, keep)
    return PeriodicTask("retention", work.run_once, interval_s=retention.EVERY_S)


def _orphans(parts: Parts) -> PeriodicTask:
    return PeriodicTask(
        "orphans", Orphans(parts.ledger, parts.blobs).run_once, interval_s=orphans.EVERY_S
    )
