"""Puts the parts of a worker together, each in its one place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.broker import celery_app
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.notifications import open_wakeups
from whisperfarm_worker.attempt.cache import ResultCache
from whisperfarm_worker.attempt.checkpoint import Checkpoints
from whisperfarm_worker.attempt.lease import Leases
from whisperfarm_worker.attempt.run import Task
from whisperfarm_worker.attempt.settle import Settlement
from whisperfarm_worker.deletion_cost.pod import Pod
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.pipeline.audio.ffmpeg import locate
from whisperfarm_worker.process.consumer import Consumer
from whisperfarm_worker.process.dependencies import Dependencies
from whisperfarm_worker.process.drain import Drain
from whisperfarm_worker.process.registration import Presence
from whisperfarm_worker.process.scratch import Scratch
from whisperfarm_worker.settings import WorkerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a worker; `tell_cost` where a cluster is told what its pod costs."""

    ledger: Ledger
    leases: Leases
    presence: Presence
    scratch: Scratch
    dependencies: Dependencies
    consumer: Consumer
    drain: Drain
    task: Task
    tell_cost: Callable[[], None] | None


def wire(
    settings: WorkerSettings,
    engine: Engine,
    *,
    models: Mapping[str, str] = MappingProxyType({}),
    pod: Pod | None = None,
    last_words: Sequence[Callable[[], None]] = (),
) -> Parts:
    """The parts of a worker, none of them running yet. `models`: their fingerprints, by preset.

    `pod` is the one that runs this process, where its cost is to be told. `last_words` are called
    last where the process ends in spite of running threads.
    """
    ledger = open_ledger(settings.ledger_url)
    ledger.migrate()
    blobs = open_blobs(settings)
    scratch = Scratch(settings.scratch_path)
    leases = Leases(ledger, worker=settings.worker_name, lease_s=settings.lease_s)
    presets = settings.served()
    checkpoints = Checkpoints(blobs, models=models, every_s=settings.checkpoint_s)
    dependencies = Dependencies(
        {"ledger": ledger.check, "blobs": blobs.check},
        on_change=lambda: consumer.follow_gate(),  # noqa: PLW0108 - it is made further down
    )
    settlement = Settlement(ledger, blobs, suspect=partial(dependencies.suspect, "ledger"))
    presence = Presence(
        ledger,
        name=settings.worker_name,
        presets=settings.presets,
        concurrency=settings.concurrency,
        on_drain=lambda: drain.ask(),  # noqa: PLW0108 - it is made further down
        unavailable=lambda: dependencies.reason,
    )
    consumer = Consumer(
        celery_app(settings),
        presets=settings.presets,
        concurrency=settings.concurrency,
        on_ready=presence.ready,
        gate=dependencies,
    )
    drain = Drain(
        leases,
        ledger,
        drain_s=settings.drain_s,
        stop_consuming=consumer.stop,
        first_words=(presence.leaving,),
        keep=lambda: _keep(checkpoints, settlement),
        last_words=(presence.gone, scratch.remove, *last_words),
    )
    task = Task(
        leases=leases,
        settlement=settlement,
        blobs=blobs,
        wakeups=open_wakeups(settings, ledger),
        engine=engine,
        scratch=scratch,
        checkpoints=checkpoints,
        cache=ResultCache(
            ledger, blobs, engine=engine, presets=presets, models=models, on=settings.result_cache
        ),
        presets=presets,
        ffmpeg=locate(settings.ffmpeg),
        longest_s=settings.max_audio_s,
        poisoned=drain.poisoned,
        suspect=dependencies.suspect,
    )
    return Parts(
        ledger=ledger,
        leases=leases,
        presence=presence,
        scratch=scratch,
        dependencies=dependencies,
        consumer=consumer,
        drain=drain,
        task=task,
        tell_cost=None if pod is None else _tell_cost(pod, leases),
    )


def _keep(checkpoints: Checkpoints, settlement: Settlement) -> None:
    settlement.settle_postponed()
    checkpoints.save()


def _tell_cost(pod: Pod, leases: Leases) -> Callable[[], None]:
    # Their library of HTTP is for the few workers that tell: the others start without it.
    from whisperfarm_worker.deletion_cost.api_server import ApiServer
    from whisperfarm_worker.deletion_cost.updater import DeletionCost

    return DeletionCost(in_hand=lambda: len(leases.held()), tell=ApiServer(pod).tell).tick
