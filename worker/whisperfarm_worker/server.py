"""The worker's process, from start to end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whisperfarm_store.logs import configure_logs
from whisperfarm_worker.engines.opening import open_engine
from whisperfarm_worker.models import places
from whisperfarm_worker.models.fingerprint import fingerprint
from whisperfarm_worker.settings import WorkerSettings
from whisperfarm_worker.ticker import Ticker
from whisperfarm_worker.wiring import Parts, wire

_SIGN_S = 2.0
_BEAT_S = 0.25


def serve(settings: WorkerSettings, *, bundled_models: Path | None) -> None:
    """Transcribe jobs until the process is told to stop, then let running jobs finish.

    Raises `ModelMissing` when a served preset is not complete, `SettingsWrong`, and
    `FarmUnavailable` when the ledger can not be reached. A second signal, jobs that take too long
    to finish and a broken device end the process itself, with the jobs given back.
    """
    configure_logs(settings.log_level, settings.log_format, part="worker")
    engine = open_engine(settings, bundled_models=bundled_models)
    parts = wire(settings, engine, models=_fingerprints(settings, bundled_models))
    parts.drain.install()
    with _signs_of_life(parts):
        engine.load(settings.served().values())
        parts.consumer.run(parts.task)
        parts.drain.finished()


def _fingerprints(settings: WorkerSettings, bundled_models: Path | None) -> dict[str, str]:
    here = places(settings.models_path, bundled_models)
    return {name: fingerprint(preset, here) for name, preset in settings.served().items()}


@contextmanager
def _signs_of_life(parts: Parts) -> Iterator[None]:
    """Inside, the ledger hears of this worker and of the jobs it has."""
    tickers = (
        Ticker("presence", parts.presence.show, every_s=_SIGN_S),
        Ticker("heartbeat", parts.leases.beat, every_s=_BEAT_S),
    )
    for ticker in tickers:
        ticker.start()
    try:
        yield
    finally:
        for ticker in tickers:
            ticker.stop()
        parts.presence.gone()
        parts.scratch.remove()
        parts.ledger.close()
