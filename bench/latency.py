"""Measures the time from submission to start on an idle farm, compared with Celery alone."""

import io
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bench import bare_celery
from bench.farm import Farm, environment
from bench.figure import Figure, percentile

JOBS = 60


def measure(farm: Farm, recording: Path) -> Iterator[Figure]:
    """Measure the farm, then a Celery application with a no-op task on the same kind of broker.

    The jobs are the first second of the recording.
    """
    audio = _first_second(recording)
    ours = [_waited_s(farm, audio) for _ in range(JOBS)]
    theirs = _bare_waits_s()
    for percent in (50, 95):
        yield Figure(
            what=f"submit to start, p{percent} of {JOBS}",
            value=percentile(ours, percent) * 1000, unit="ms",
            baseline="bare Celery, same broker, a no-op",
            baseline_value=percentile(theirs, percent) * 1000,
        )  # fmt: skip


def _first_second(recording: Path) -> bytes:
    start = io.BytesIO()
    with wave.open(str(recording)) as source, wave.open(start, "wb") as target:
        target.setparams(source.getparams())
        target.writeframes(source.readframes(source.getframerate()))
    return start.getvalue()


def _waited_s(farm: Farm, audio: bytes) -> float:
    document = farm.ended(farm.submit(audio))
    created, started = (
        datetime.fromisoformat(document[name]) for name in ("created_at", "started_at")
    )
    return (started - created).total_seconds()


def _bare_waits_s() -> Sequence[float]:
    with tempfile.TemporaryDirectory() as folder, _bare_worker(Path(folder)):
        return [bare_celery.waited_s(Path(folder)) for _ in range(JOBS)]


@contextmanager
def _bare_worker(folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "bench.bare_celery", str(folder)]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL) as worker:
        try:
            bare_celery.waited_s(folder)
            yield
        finally:
            worker.terminate()
            time.sleep(0)
