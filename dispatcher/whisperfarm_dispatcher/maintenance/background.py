"""Runs the background tasks, among them the AMQP ingress."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager

from whisperfarm_dispatcher.amqp.consumer import AmqpConsumer
from whisperfarm_dispatcher.amqp.publisher import AmqpPublisher
from whisperfarm_dispatcher.amqp.wiring import open_consumer
from whisperfarm_dispatcher.callbacks.delivery import CallbackDispatcher
from whisperfarm_dispatcher.callbacks.senders import build_senders
from whisperfarm_dispatcher.custody import signer
from whisperfarm_dispatcher.custody.export import EXPORT_INTERVAL_S, build_export
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.hub.wiring import hub_tasks
from whisperfarm_dispatcher.maintenance import custody_roots, orphans, retention, text_index
from whisperfarm_dispatcher.maintenance.custody_roots import DailyRoot
from whisperfarm_dispatcher.maintenance.dispatch import Dispatch
from whisperfarm_dispatcher.maintenance.dispatch_pace import DispatchPace
from whisperfarm_dispatcher.maintenance.orphans import OrphanCleanup
from whisperfarm_dispatcher.maintenance.rescue import Rescue
from whisperfarm_dispatcher.maintenance.retention import Retention, RetentionPolicy
from whisperfarm_dispatcher.maintenance.text_index import TextIndex
from whisperfarm_dispatcher.maintenance.unpolled import UnpolledCancel
from whisperfarm_store.broker.queues import is_amqp
from whisperfarm_store.ledger import WORKER_LIVE_WITHIN_S
from whisperfarm_store.periodic import NextRun, PeriodicTask


@asynccontextmanager
async def background_tasks(deps: Dependencies) -> AsyncIterator[None]:
    """Run the background tasks until the block ends."""
    with _publisher(deps) as publisher:
        factories = (_dispatch, _rescue, _unpolled, _retention, _orphans)
        tasks: list[PeriodicTask | AmqpConsumer] = [
            *(create(deps) for create in factories),
            _callbacks(deps, publisher),
            *hub_tasks(deps),
        ]
        if deps.settings.search:
            tasks.append(_text_index(deps))
        if deps.settings.custody:
            tasks += [_custody_roots(deps), *_custody_export(deps)]
        if publisher is not None and deps.settings.amqp_ingress:
            tasks.append(open_consumer(deps, publisher))
        for one in tasks:
            one.start()
        try:
            yield
        finally:
            await asyncio.gather(*(asyncio.to_thread(one.stop) for one in tasks))


@contextmanager
def _publisher(deps: Dependencies) -> Iterator[AmqpPublisher | None]:
    """Yield a publisher of replies and events, or `None` if the broker is not RabbitMQ."""
    if not is_amqp(deps.settings):
        yield None
        return
    with closing(AmqpPublisher(deps.settings.resolved_broker_url)) as publisher:
        yield publisher


def _dispatch(deps: Dependencies) -> PeriodicTask:
    interval_s = deps.settings.dispatch_interval_s
    pace = DispatchPace(deps.publisher, interval_s=interval_s)
    dispatch = Dispatch(
        deps.ledger,
        pace,
        presets=deps.presets,
        live_within_s=WORKER_LIVE_WITHIN_S,
        objectives=deps.settings.objectives_s,
        lane_limits=deps.settings.lane_limits,
    )

    def run_once() -> NextRun:
        dispatch.run_once()
        return pace.next_run()

    return PeriodicTask("dispatch", run_once, interval_s=interval_s, wake=deps.jobs_available)


def _rescue(deps: Dependencies) -> PeriodicTask:
    rescue = Rescue(
        deps.ledger,
        redispatch_after_s=deps.settings.redispatch_after_s,
        live_within_s=WORKER_LIVE_WITHIN_S,
        max_worker_deaths=deps.settings.max_worker_deaths,
        lease_grace_s=deps.settings.lease_grace_s,
        lease_s=deps.settings.lease_s,
        jobs_available=deps.jobs_available,
    )
    return PeriodicTask("rescue", rescue.run_once, interval_s=deps.settings.rescue_interval_s)


def _unpolled(deps: Dependencies) -> PeriodicTask:
    interval_s = deps.settings.rescue_interval_s
    unpolled = UnpolledCancel(deps.ledger, interval_s=interval_s)
    return PeriodicTask("unpolled", unpolled.run_once, interval_s=interval_s)


def _callbacks(deps: Dependencies, publisher: AmqpPublisher | None) -> PeriodicTask:
    senders = build_senders(deps.settings, deps.blobs, publisher)
    dispatcher = CallbackDispatcher(deps.ledger, senders)
    interval_s = deps.settings.callback_interval_s
    return PeriodicTask(
        "callbacks", dispatcher.run_once, interval_s=interval_s, wake=dispatcher.slot_freed
    )


def _retention(deps: Dependencies) -> PeriodicTask:
    settings = deps.settings
    policy = RetentionPolicy(
        audio_days=settings.keep_audio_days,
        results_days=settings.keep_results_days,
        jobs_days=settings.keep_jobs_days,
        idempotency_days=settings.idempotency_days,
    )
    retention_task = Retention(deps.ledger, deps.blobs, policy)
    return PeriodicTask("retention", retention_task.run_once, interval_s=retention.INTERVAL_S)


def _custody_roots(deps: Dependencies) -> PeriodicTask:
    roots = DailyRoot(deps.ledger.custody, signer(deps.settings.custody_key_file))
    return PeriodicTask("custody roots", roots.run_once, interval_s=custody_roots.INTERVAL_S)


def _custody_export(deps: Dependencies) -> Iterator[PeriodicTask]:
    export = build_export(deps.settings, deps.ledger.custody)
    if export is not None:
        yield PeriodicTask("custody export", export.run_once, interval_s=EXPORT_INTERVAL_S)


def _text_index(deps: Dependencies) -> PeriodicTask:
    index = TextIndex(deps.ledger, deps.blobs)
    return PeriodicTask("text index", index.run_once, interval_s=text_index.INTERVAL_S)


def _orphans(deps: Dependencies) -> PeriodicTask:
    return PeriodicTask(
        "orphans", OrphanCleanup(deps.ledger, deps.blobs).run_once, interval_s=orphans.INTERVAL_S
    )
