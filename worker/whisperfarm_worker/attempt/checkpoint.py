"""Checkpoints: text that the speech model has produced so far, in case the attempt is lost.

A checkpoint is a small JSON blob. Each attempt has its own key, so a worker that lost its lease
cannot overwrite the checkpoint of a newer attempt. A checkpoint is used only with the same audio,
preset, decoding and models.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from typing import Any, Protocol

from whisperfarm_contract import identifiers
from whisperfarm_contract.job import Job
from whisperfarm_contract.presets import Preset
from whisperfarm_store import events
from whisperfarm_store.blobs import BlobNotFound, Blobs
from whisperfarm_worker.engines.port import DecodedText, Decoding, Doubt
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Window


class Checkpoint(Protocol):
    """Text of an attempt, kept for the next one."""

    def load(self, preset: Preset, decoding: Decoding) -> Mapping[str, DecodedText]:
        """Return the text of an earlier attempt with the same decoding, by `window_key`."""

    def record(self, key: str, text: DecodedText) -> None:
        """Add the text of a window."""

    def delete_all(self) -> None:
        """Delete the checkpoints of all attempts. Call it when the job has ended."""


class NoCheckpoint:
    """Checkpoint that keeps nothing."""

    def load(self, preset: Preset, decoding: Decoding) -> Mapping[str, DecodedText]:
        del preset, decoding
        return {}

    def record(self, key: str, text: DecodedText) -> None:
        """Do nothing."""

    def delete_all(self) -> None:
        """Do nothing."""


def window_key(window: Window) -> str:
    """Return the window's channel, first sample and last sample as a string."""
    first, last = (int(second * SAMPLE_RATE_HZ) for second in (window.start, window.end))
    return f"{window.channel}:{first}:{last}"


class JobCheckpoint:
    """Checkpoint of one attempt, which can load those of earlier attempts.

    It is written at most every `interval_s` seconds.
    """

    def __init__(
        self,
        blobs: Blobs,
        job: Job,
        *,
        models: str,
        interval_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._blobs = blobs
        self._job = job
        self._models = models
        self._interval_s = interval_s
        self._clock = clock
        self._saved_at = clock()
        self._texts: dict[str, DecodedText] = {}
        self._fingerprint = ""
        self._dirty = self._written = False
        self._lock = threading.Lock()

    def load(self, preset: Preset, decoding: Decoding) -> Mapping[str, DecodedText]:
        key_parts = [self._job.audio.sha256, asdict(preset), asdict(decoding), self._models]
        self._fingerprint = sha256(json.dumps(key_parts, sort_keys=True).encode()).hexdigest()
        texts = self._latest()
        with self._lock:
            self._texts = dict(texts)
        return texts

    def record(self, key: str, text: DecodedText) -> None:
        with self._lock:
            self._texts[key] = text
            self._dirty = True
        if self._clock() - self._saved_at >= self._interval_s:
            self.save()

    def save(self) -> None:
        """Write the checkpoint if it has changed. Errors are logged: they only cost time later."""
        self._saved_at = self._clock()
        with self._lock:
            if not self._dirty:
                return
            texts = {key: asdict(text) for key, text in self._texts.items()}
            self._dirty = False
        body = json.dumps({"fingerprint": self._fingerprint, "texts": texts}, ensure_ascii=False)
        try:
            self._blobs.put(self._key(self._job.attempt), body.encode())
        except Exception as error:
            events.checkpoint.write_failed.log(job=self._job.id, error=str(error))
        else:
            self._written = True

    def delete_all(self) -> None:
        if not self._written and self._job.attempt == 1:
            return
        try:
            for attempt in range(1, self._job.attempt + 1):
                self._blobs.delete(self._key(attempt))
        except Exception as error:
            # Retention deletes them later.
            events.checkpoint.delete_failed.log(job=self._job.id, error=str(error))

    def _latest(self) -> dict[str, DecodedText]:
        for attempt in range(self._job.attempt - 1, 0, -1):
            texts = self._read(attempt)
            if texts:
                events.checkpoint.loaded.log(job=self._job.id, of=attempt, windows=len(texts))
                return texts
        return {}

    def _read(self, attempt: int) -> dict[str, DecodedText]:
        try:
            with self._blobs.open(self._key(attempt)) as file:
                data: dict[str, Any] = json.loads(file.read())
            if data["fingerprint"] != self._fingerprint:
                events.checkpoint.ignored.log(job=self._job.id, of=attempt)
                return {}
            return {key: _decoded_text(text) for key, text in data["texts"].items()}
        except BlobNotFound:
            return {}
        except Exception as error:
            events.checkpoint.read_failed.log(
                job=self._job.id, of=attempt, error=type(error).__name__
            )
            return {}

    def _key(self, attempt: int) -> str:
        return identifiers.checkpoint_key(self._job.tenant, self._job.id, attempt)


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


def _decoded_text(data: Mapping[str, Any]) -> DecodedText:
    doubt = Doubt(data["doubt"]) if data["doubt"] else None
    return DecodedText(**{**data, "doubt": doubt})
