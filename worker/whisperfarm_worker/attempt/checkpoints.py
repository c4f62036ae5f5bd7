"""The checkpoints of a worker's running attempts."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from whisperfarm_contract.job import Job
from whisperfarm_store.blobs import Blobs
from whisperfarm_worker.attempt.checkpoint import Checkpoint, NoCheckpoint
from whisperfarm_worker.attempt.job_checkpoint import JobCheckpoint


class Checkpoints:
    """Checkpoints of this worker's running attempts.

    `models` are the fingerprints of the models by preset. If `interval_s` is 0, there are none.
    """

    def __init__(self, blobs: Blobs, *, models: Mapping[str, str], interval_s: float) -> None:
        self._blobs = blobs
        self._models = models
        self._interval_s = interval_s
        self._open: dict[int, JobCheckpoint] = {}
        self._lock = threading.Lock()

    @contextmanager
    def for_job(self, job: Job) -> Iterator[Checkpoint]:
        """Open the checkpoint of an attempt. Inside the block, `save` writes it too."""
        if not self._interval_s:
            yield NoCheckpoint()
            return
        models = self._models.get(job.preset, "")
        checkpoint = JobCheckpoint(self._blobs, job, models=models, interval_s=self._interval_s)
        with self._lock:
            self._open[id(checkpoint)] = checkpoint
        try:
            yield checkpoint
        finally:
            with self._lock:
                del self._open[id(checkpoint)]

    def save(self) -> None:
        """Write all open checkpoints now, because the worker is draining."""
        with self._lock:
            open_checkpoints = list(self._open.values())
        for checkpoint in open_checkpoints:
            checkpoint.save()
