"""Checkpoints: what the speech model has heard so far, kept in case the attempt is lost.

A checkpoint is a small JSON blob. Each attempt writes under its own key, so that a worker that was
taken for lost harms no newer attempt. It counts only for the same audio, preset, decoding and
models.
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
from whisperfarm_worker.engines.port import DecodedText, Decoding
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Window


class Checkpoint(Protocol):
    """What an attempt keeps of its work."""

    def load(self, preset: Preset, decoding: Decoding) -> Mapping[str, DecodedText]:
        """What an earlier attempt heard, decoding alike, by `window_key`."""

    def record(self, key: str, text: DecodedText) -> None:
        """This was heard now."""

    def delete_all(self) -> None:
        """The job has ended: nobody needs it any more."""


class NoCheckpoint:
    """Nothing is kept."""

    def load(self, preset: Preset, decoding: Decoding) -> Mapping[str, DecodedText]:
        """There is nothing."""
        del preset, decoding
        return {}

    def record(self, key: str, text: DecodedText) -> None:
        """Nobody is told."""

    def delete_all(self) -> None:
        """There is nothing."""


def window_key(window: Window) -> str:
    """Which samples a window holds."""
    first, last = (int(second * SAMPLE_RATE_HZ) for second in (window.start, window.end))
    return f"{window.channel}:{first}:{last}"


class JobCheckpoint:
    """The checkpoint of one attempt, and those of the attempts before it."""

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
        found = self._latest()
        with self._lock:
            self._texts = dict(found)
        return found

    def record(self, key: str, text: DecodedText) -> None:
        with self._lock:
            self._texts[key] = text
            self._dirty = True
        if self._clock() - self._saved_at >= self._interval_s:
            self.save()

    def save(self) -> None:
        """Write what was heard since the last time. Whatever goes wrong costs only time later."""
        self._saved_at = self._clock()
        with self._lock:
            if not self._dirty:
                return
            texts = {key: [text.text, text.avg_logprob] for key, text in self._texts.items()}
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
            # The retention sweep finds them.
            events.checkpoint.delete_failed.log(job=self._job.id, error=str(error))

    def _latest(self) -> dict[str, DecodedText]:
        for attempt in range(self._job.attempt - 1, 0, -1):
            found = self._read(attempt)
            if found:
                events.checkpoint.loaded.log(job=self._job.id, of=attempt, windows=len(found))
                return found
        return {}

    def _read(self, attempt: int) -> dict[str, DecodedText]:
        try:
            with self._blobs.open(self._key(attempt)) as file:
                data: dict[str, Any] = json.loads(file.read())
            if data["fingerprint"] != self._fingerprint:
                events.checkpoint.ignored.log(job=self._job.id, of=attempt)
                return {}
            return {
                key: DecodedText(str(text), float(logprob))
                for key, (text, logprob) in data["texts"].items()
            }
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
    """The checkpoints of the attempts that this worker makes now.

    `models` are the fingerprints of the models by preset; `interval_s` 0 means that none are made.
    """

    def __init__(self, blobs: Blobs, *, models: Mapping[str, str], interval_s: float) -> None:
        self._blobs = blobs
        self._models = models
        self._interval_s = interval_s
        self._open: dict[int, JobCheckpoint] = {}
        self._lock = threading.Lock()

    @contextmanager
    def for_job(self, job: Job) -> Iterator[Checkpoint]:
        """That of one attempt, which is one of the open ones inside the block."""
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
        """Write all of them now: the worker is leaving."""
        with self._lock:
            open_checkpoints = list(self._open.values())
        for checkpoint in open_checkpoints:
            checkpoint.save()
