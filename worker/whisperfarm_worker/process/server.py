"""Runs a worker's process."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from structlog.typing import Processor

from whisperfarm_contract.presets import Preset
from whisperfarm_models import model_paths
from whisperfarm_models.engine_spec import select
from whisperfarm_models.fingerprint import fingerprint
from whisperfarm_store import events
from whisperfarm_store.ledger import WORKER_HEARTBEAT_S
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.metrics import Metrics, metrics_processor, serve_metrics
from whisperfarm_store.periodic import PeriodicTask
from whisperfarm_store.traces import Traces, open_traces
from whisperfarm_worker.deletion_cost.pod import own_pod
from whisperfarm_worker.deletion_cost.policy import POLL_S
from whisperfarm_worker.engines.factory import open_engine
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.process.chrome_trace import ChromeTrace
from whisperfarm_worker.process.metrics import register_metrics
from whisperfarm_worker.process.wiring import WorkerComponents, build
from whisperfarm_worker.settings import WorkerSettings

_LEASE_INTERVAL_S = 0.25

_LAST_HEARTBEAT_S = 5.0
"""How long shutdown waits for a heartbeat that is in progress."""

_SETTLE_S = 1.0
"""Interval of attempts to write outcomes that the ledger could not store."""


def serve(settings: WorkerSettings, *, bundled_models: Path | None) -> None:
    """Transcribe jobs until a signal or a drain request, then let running jobs finish.

    Raises `MissingModel` if a model of a served preset is missing, `InvalidSettings`, and
    `FarmUnavailable` if the ledger or the broker is unavailable. After a second signal, after
    `drain_s` seconds, or if the device is broken, the function does not return: the jobs are
    requeued and the process exits.
    """
    metrics = Metrics("worker")
    with closing(open_traces(settings, "worker")) as traces, _chrome_trace(settings) as written:
        processors = (metrics_processor(metrics), *traces.processors, *written)
        configure_logs(
            settings.log_level, settings.log_format, component="worker", processors=processors
        )
        _serve(settings, metrics, traces, bundled_models)


@contextmanager
def _chrome_trace(settings: WorkerSettings) -> Iterator[tuple[Processor, ...]]:
    """Yield the processor that writes the trace file, if the settings name one."""
    if settings.trace_file is None:
        yield ()
        return
    with closing(ChromeTrace(settings.trace_file, max_bytes=settings.trace_max_bytes)) as trace:
        yield (trace,)


def _serve(
    settings: WorkerSettings, metrics: Metrics, traces: Traces, bundled_models: Path | None
) -> None:
    pod = own_pod(os.environ) if settings.pod_deletion_cost else None
    engine = open_engine(settings, bundled_models=bundled_models)
    models = _fingerprints(settings, bundled_models)
    components = build(settings, engine, models=models, pod=pod, on_exit=(traces.close,))
    components.drain.install()
    register_metrics(
        metrics,
        settings,
        leases=components.leases,
        dependencies=components.dependencies,
        engine=engine,
    )
    checks = {"/healthz": lambda: None, "/readyz": lambda: components.registration.not_ready_reason}
    with serve_metrics(settings, metrics, checks=checks), _background_tasks(components):
        _load(engine, settings.served_presets().values())
        components.consumer.run(components.task)
        components.task.settlement.finish(within_s=settings.drain_s)
        components.drain.mark_done()


def _load(engine: Engine, presets: Iterable[Preset]) -> None:
    started_at = time.monotonic()
    engine.load(presets)
    events.worker.models_loaded.log(took_s=round(time.monotonic() - started_at, 2))


def _fingerprints(settings: WorkerSettings, bundled_models: Path | None) -> dict[str, str]:
    models = model_paths(
        settings.models_path, bundled_models, own_inventory=settings.models_inventory
    )
    engine = select(settings.engine)
    return {
        name: fingerprint(preset, models, engine)
        for name, preset in settings.served_presets().items()
    }


@contextmanager
def _background_tasks(components: WorkerComponents) -> Iterator[None]:
    """Run heartbeats, settlement, checks and deletion cost updates inside the block."""
    heartbeat = partial(PeriodicTask, max_backoff_s=0, stop_timeout_s=_LAST_HEARTBEAT_S)
    tasks = [
        heartbeat(
            "worker heartbeat", components.registration.heartbeat, interval_s=WORKER_HEARTBEAT_S
        ),
        heartbeat("lease heartbeat", components.leases.heartbeat, interval_s=_LEASE_INTERVAL_S),
        PeriodicTask(
            "settlement",
            components.task.settlement.settle_postponed,
            interval_s=_SETTLE_S,
            max_backoff_s=0,
        ),
    ]
    if components.update_deletion_cost is not None:
        # Shutdown does not wait for an API server that hangs.
        cost = PeriodicTask(
            "deletion cost", components.update_deletion_cost, interval_s=POLL_S, stop_timeout_s=0
        )
        tasks.append(cost)
    for task in tasks:
        task.start()
    components.dependencies.start()
    try:
        yield
    finally:
        components.dependencies.stop()
        for task in tasks:
            task.stop()
        components.registration.deregister()
        components.scratch.remove()
        components.ledger.close()
