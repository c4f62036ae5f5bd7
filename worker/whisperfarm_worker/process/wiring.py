"""Builds the components of a worker."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.broker import celery_app
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.notifications import open_notifications
from whisperfarm_worker.attempt.cache import ResultCache
from whisperfarm_worker.attempt.checkpoints import Checkpoints
from whisperfarm_worker.attempt.lease import Leases
from whisperfarm_worker.attempt.originals import Originals
from whisperfarm_worker.attempt.run import AttemptRunner
from whisperfarm_worker.attempt.settle import Settlement
from whisperfarm_worker.deletion_cost.pod import Pod
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.pipeline.audio.ffmpeg import find_ffmpeg
from whisperfarm_worker.pipeline.scratch_space import ScratchSpace
from whisperfarm_worker.process.consumer import Consumer
from whisperfarm_worker.process.custody_facts import CustodyFacts
from whisperfarm_worker.process.dependencies import Dependencies
from whisperfarm_worker.process.drain import Drain
from whisperfarm_worker.process.registration import Registration
from whisperfarm_worker.process.scratch import Scratch
from whisperfarm_worker.redaction.redactor import Redactor
from whisperfarm_worker.settings import WorkerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerComponents:
    """Components of a worker. Without a pod, `update_deletion_cost` is `None`."""

    ledger: Ledger
    leases: Leases
    registration: Registration
    scratch: Scratch
    dependencies: Dependencies
    consumer: Consumer
    drain: Drain
    task: AttemptRunner
    update_deletion_cost: Callable[[], None] | None


def build(
    settings: WorkerSettings,
    engine: Engine,
    *,
    models: Mapping[str, str] = MappingProxyType({}),
    pod: Pod | None = None,
    on_exit: Sequence[Callable[[], None]] = (),
) -> WorkerComponents:
    """Build the components of a worker, without starting them.

    `models` are the fingerprints of the models by preset. `pod` is the pod of this process,
    or `None` if its deletion cost is not updated. `on_exit` are called last if the process exits
    while threads still run.
    """
    ledger = open_ledger(settings.resolved_database_url, custody=settings.custody)
    ledger.migrate()
    blobs = open_blobs(settings)
    scratch = Scratch(settings.scratch_path)
    space = ScratchSpace(folder=settings.scratch_path, reserve_bytes=settings.scratch_reserve_bytes)
    presets = settings.served_presets()
    checkpoints = Checkpoints(blobs, models=models, interval_s=settings.checkpoint_s)
    dependencies = Dependencies(
        {"ledger": ledger.check, "blobs": blobs.check, "scratch": space.check},
        on_change=lambda: consumer.follow_gate(),  # noqa: PLW0108 - it is assigned below
    )
    ledger_unavailable = partial(dependencies.report_unavailable, "ledger")
    leases = Leases(
        ledger.attempts,
        worker=settings.worker_name,
        lease_s=settings.lease_s,
        report_unavailable=ledger_unavailable,
        describe=CustodyFacts(engine, models),
    )
    settlement = Settlement(ledger, blobs, report_unavailable=ledger_unavailable)
    registration = Registration(
        ledger.workers,
        name=settings.worker_name,
        presets=settings.presets,
        concurrency=settings.concurrency,
        on_drain=lambda: drain.request(),  # noqa: PLW0108 - it is assigned below
        unavailable=lambda: dependencies.reason,
    )
    consumer = Consumer(
        celery_app(settings),
        presets=settings.presets,
        concurrency=settings.concurrency,
        on_ready=registration.mark_ready,
        gate=dependencies,
    )
    drain = Drain(
        leases,
        ledger.attempts,
        drain_s=settings.drain_s,
        stop_consuming=consumer.stop,
        on_draining=(registration.mark_draining,),
        save_checkpoints=lambda: _save_before_exit(checkpoints, settlement),
        on_exit=(registration.deregister, scratch.remove, *on_exit),
    )
    task = AttemptRunner(
        leases=leases,
        settlement=settlement,
        blobs=blobs,
        notifications=open_notifications(settings, ledger.jobs),
        engine=engine,
        scratch=scratch,
        checkpoints=checkpoints,
        cache=ResultCache(
            ledger.cache,
            blobs,
            engine=engine,
            presets=presets,
            models=models,
            enabled=settings.result_cache,
        ),
        redactor=Redactor(blobs, settings.redaction_kinds),
        originals=Originals(ledger, blobs, settings.redaction_kinds),
        presets=presets,
        ffmpeg=find_ffmpeg(settings.ffmpeg),
        max_audio_s=settings.max_audio_s,
        max_channel_s=settings.max_channel_s,
        scratch_reserve_bytes=settings.scratch_reserve_bytes,
        objectives_s=settings.objectives_s,
        read_enrolled=ledger.speakers.voices,
        speaker_threshold=settings.speaker_threshold,
        on_device_failure=drain.on_device_failure,
        report_unavailable=dependencies.report_unavailable,
    )
    return WorkerComponents(
        ledger=ledger,
        leases=leases,
        registration=registration,
        scratch=scratch,
        dependencies=dependencies,
        consumer=consumer,
        drain=drain,
        task=task,
        update_deletion_cost=None if pod is None else _deletion_cost_updater(pod, leases),
    )


def _save_before_exit(checkpoints: Checkpoints, settlement: Settlement) -> None:
    settlement.settle_postponed()
    checkpoints.save()


def _deletion_cost_updater(pod: Pod, leases: Leases) -> Callable[[], None]:
    # Imported here because most workers do not need its HTTP library.
    from whisperfarm_worker.deletion_cost.api_server import ApiServer
    from whisperfarm_worker.deletion_cost.updater import DeletionCost

    return DeletionCost(job_count=lambda: len(leases.held()), patch=ApiServer(pod).patch).update
