"""A worker with fake models in the process of the test: all of it but its models is real."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.dispatcher.farm import DispatcherFarm
from tests.integration.dispatcher.workers import PAUSE_S
from tests.support.fake_engine import FakeEngine
from tests.support.recordings import ffmpeg_path
from whisperfarm_contract.lanes import DEFAULT_OBJECTIVES_S
from whisperfarm_contract.presets import PRESETS
from whisperfarm_worker.attempt.cache import ResultCache
from whisperfarm_worker.attempt.checkpoints import Checkpoints
from whisperfarm_worker.attempt.lease import Leases
from whisperfarm_worker.attempt.originals import Originals
from whisperfarm_worker.attempt.run import AttemptRunner
from whisperfarm_worker.attempt.settle import Settlement
from whisperfarm_worker.process.scratch import Scratch
from whisperfarm_worker.redaction.redactor import Redactor


def build_runner(
    farm: DispatcherFarm,
    scratch: Path,
    engine: FakeEngine,
    *,
    checkpoint_s: float = 60,
    originals: Originals | None = None,
) -> AttemptRunner:
    """Return what makes the attempts, with a real result cache."""
    ledger, blobs = farm.deps.ledger, farm.deps.blobs
    return AttemptRunner(
        objectives_s=DEFAULT_OBJECTIVES_S,
        leases=Leases(ledger.attempts, worker="w", lease_s=30),
        settlement=Settlement(ledger, blobs),
        blobs=blobs,
        notifications=farm.deps.notifications,
        engine=engine,
        scratch=Scratch(scratch),
        checkpoints=Checkpoints(blobs, models={}, interval_s=checkpoint_s),
        cache=ResultCache(
            ledger.cache, blobs, engine=engine, presets=PRESETS, models={}, enabled=True
        ),
        redactor=Redactor(blobs),
        originals=originals or Originals(ledger, blobs),
        presets=PRESETS,
        ffmpeg=ffmpeg_path(),
        max_audio_s=60.0,
        on_device_failure=lambda: None,
        report_unavailable=lambda *_: None,
    )


@contextmanager
def working(farm: DispatcherFarm, run: AttemptRunner) -> Iterator[None]:
    """Run the worker until the block ends."""
    stop = threading.Event()

    def work() -> None:
        done = 0
        while not stop.wait(PAUSE_S):
            for job_id, _ in farm.publisher.now[done:]:
                done += 1
                run(job_id)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
