"""The worker's process, from start to end."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from whisperfarm_contract.presets import Preset
from whisperfarm_models import places
from whisperfarm_models.engine_spec import choose
from whisperfarm_models.fingerprint import fingerprint
from whisperfarm_store import events
from whisperfarm_store.ledger import WORKER_HEARTBEAT_S
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.metrics import Meters, metrics_processor, serving
from whisperfarm_store.periodic import PeriodicTask
from whisperfarm_store.traces import Traces, open_traces
from whisperfarm_worker.deletion_cost.pod import own_pod
from whisperfarm_worker.deletion_cost.policy import LOOK_S
from whisperfarm_worker.engines.factory import open_engine
from whisperfarm_worker.engines.port import Engine
from whisperfarm_worker.process.metrics import measure
from whisperfarm_worker.process.wiring import Parts, wire
from whisperfarm_worker.settings import WorkerSettings

_BEAT_S = 0.25

_LAST_HEARTBEAT_S = 5.0
"""How long shutdown waits for a heartbeat that is in progress."""
_SETTLE_S = 1.0
"""How often outcomes that the ledger could not take are written again."""


def serve(settings: WorkerSettings, *, bundled_models: Path | None) -> None:
    """Transcribe jobs until the process is told to stop, then let running jobs finish.

    Raises `ModelMissing` when a served preset is not complete, `SettingsWrong`, and
    `FarmUnavailable` when the ledger can not be reached. A second signal, jobs that take too long
    to finish and a broken device end the process itself, with the jobs given back.
    """
    meters = Meters("worker")
    with closing(open_traces(settings, "worker")) as traces:
        watchers = (metrics_processor(meters), *traces.watchers)
        configure_logs(
            settings.log_level, settings.log_format, component="worker", watchers=watchers
        )
        _serve(settings, meters, traces, bundled_models)


def _serve(
    settings: WorkerSettings, meters: Meters, traces: Traces, bundled_models: Path | None
) -> None:
    pod = own_pod(os.environ) if settings.pod_deletion_cost else None
    engine = open_engine(settings, bundled_models=bundled_models)
    models = _fingerprints(settings, bundled_models)
    parts = wire(settings, engine, models=models, pod=pod, last_words=(traces.close,))
    parts.drain.install()
    measure(
        meters,
        settings,
        leases=parts.leases,
        dependencies=parts.dependencies,
        engine=engine,
    )
    checks = {"/healthz": lambda: None, "/readyz": lambda: parts.presence.not_ready_reason}
    with serving(settings, meters, checks=checks), _signs_of_life(parts):
        _load(engine, settings.served().values())
        parts.consumer.run(parts.task)
        parts.task.settlement.finish(within_s=settings.drain_s)
        parts.drain.finished()


def _load(engine: Engine, presets: Iterable[Preset]) -> None:
    begun = time.monotonic()
    engine.load(presets)
    events.worker.models_loaded.log(took_s=round(time.monotonic() - begun, 2))


def _fingerprints(settings: WorkerSettings, bundled_models: Path | None) -> dict[str, str]:
    here = places(settings.models_path, bundled_models)
    engine = choose(settings.engine)
    return {name: fingerprint(preset, here, engine) for name, preset in settings.served().items()}


@contextmanager
def _signs_of_life(parts: Parts) -> Iterator[None]:
    """Inside, the ledger hears of this worker and of the jobs it has, and a cluster of its cost."""
    heartbeat = partial(PeriodicTask, max_backoff_s=0, stop_timeout_s=_LAST_HEARTBEAT_S)
    tasks = [
        heartbeat("worker heartbeat", parts.presence.show, interval_s=WORKER_HEARTBEAT_S),
        heartbeat("lease heartbeat", parts.leases.beat, interval_s=_BEAT_S),
        PeriodicTask(
            "settlement",
            parts.task.settlement.settle_postponed,
            interval_s=_SETTLE_S,
            max_backoff_s=0,
        ),
    ]
    if parts.tell_cost is not None:  # shutdown does not wait for an API server that hangs
        cost = PeriodicTask("deletion cost", parts.tell_cost, interval_s=LOOK_S, stop_timeout_s=0)
        tasks.append(cost)
    for task in tasks:
        task.start()
    parts.dependencies.start()
    try:
        yield
    finally:
        parts.dependencies.stop()
        for task in tasks:
            task.stop()
        parts.presence.gone()
        parts.scratch.remove()
        parts.ledger.close()
