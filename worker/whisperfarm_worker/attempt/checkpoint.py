"""Checkpoints: the speech and the text that an attempt has found so far, in case it is lost.

A checkpoint is a small JSON blob. Each attempt has its own key, so a worker that lost its lease
cannot overwrite the checkpoint of a newer attempt. Speech is used only with the same audio,
options, preset and models; text only with the same audio, preset, decoding and models.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, Protocol, TypeVar

from whisperfarm_contract import identifiers
from whisperfarm_contract.job import Job
from whisperfarm_contract.presets import Preset
from whisperfarm_store import events
from whisperfarm_store.blobs import BlobNotFound, Blobs
from whisperfarm_worker.attempt.checkpoint_parts import (
    Speech,
    fingerprint,
    speech_from_wire,
    speech_to_wire,
    texts_from_wire,
    texts_to_wire,
)
from whisperfarm_worker.engines.port import DecodedText, Decoding
from whisperfarm_worker.pipeline.state import Window

_MIN_SPEECH_STAGE_S = 2.0
"""Voice activity detection that took longer is saved at once."""

_BATCH_S = 0.1
"""The texts of one batch come within this time. A job of a single batch is not worth a write."""

Part = TypeVar("Part", bound=Mapping[Any, Any])


class Checkpoint(Protocol):
    """Speech and text of an attempt, kept for the next one."""

    def load_speech(self, preset: Preset, parameters: Mapping[str, Any]) -> Speech:
        """Return the speech that an earlier attempt found with the same parameters."""

    def record_speech(self, channel: int, windows: Sequence[Window]) -> None:
        """Add the windows of a channel."""

    def load(self, preset: Preset, decoding: Decoding) -> Mapping[str, DecodedText]:
        """Return the text of an earlier attempt with the same decoding, by `str(WindowKey)`."""

    def record(self, key: str, text: DecodedText) -> None:
        """Add the text of a window."""

    def delete_all(self) -> None:
        """Delete the checkpoints of all attempts. Call it when the job has ended."""


class NoCheckpoint:
    """Checkpoint that keeps nothing."""

    def load_speech(self, preset: Preset, parameters: Mapping[str, Any]) -> Speech:
        del preset, parameters
        return {}

    def record_speech(self, channel: int, windows: Sequence[Window]) -> None:
        """Do nothing."""

    def load(self, preset: Preset, decoding: Decoding) -> Mapping[str, DecodedText]:
        del preset, decoding
        return {}

    def record(self, key: str, text: DecodedText) -> None:
        """Do nothing."""

    def delete_all(self) -> None:
        """Do nothing."""


class JobCheckpoint:
    """Checkpoint of one attempt, which can load those of earlier attempts.

    It is written at most every `interval_s` seconds, and after a long voice activity detection.
    Texts are written when those of the next batch come. Callers read them in the job's events.
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
        self._unsaved_since: float | None = None
        self._speech_began_at = clock()
        self._speech: dict[int, Sequence[Window]] = {}
        self._speech_fingerprint = ""
        self._texts: dict[str, DecodedText] = {}
        self._fingerprint = ""
        self._dirty = self._written = False
        self._lock = threading.Lock()

    def load_speech(self, preset: Preset, parameters: Mapping[str, Any]) -> Speech:
        self._speech_began_at = self._clock()
        self._speech_fingerprint = fingerprint(
            self._job.audio.sha256, asdict(preset), parameters, self._models
        )
        attempt, speech = self._latest(self._speech_of)
        if speech:
            events.checkpoint.speech_loaded.log(
                job=self._job.id, of=attempt, windows=sum(map(len, speech.values()))
            )
        with self._lock:
            self._speech = dict(speech)
        return speech

    def record_speech(self, channel: int, windows: Sequence[Window]) -> None:
        with self._lock:
            self._speech[channel] = tuple(windows)
            self._dirty = True
        if self._clock() - self._speech_began_at >= min(_MIN_SPEECH_STAGE_S, self._interval_s):
            self.save()

    def load(self, preset: Preset, decoding: Decoding) -> Mapping[str, DecodedText]:
        self._fingerprint = fingerprint(
            self._job.audio.sha256, asdict(preset), asdict(decoding), self._models
        )
        attempt, texts = self._latest(self._texts_of)
        if texts:
            events.checkpoint.loaded.log(job=self._job.id, of=attempt, windows=len(texts))
        with self._lock:
            self._texts = dict(texts)
        return texts

    def record(self, key: str, text: DecodedText) -> None:
        now = self._clock()
        with self._lock:
            self._texts[key] = text
            self._dirty = True
            self._unsaved_since = since = self._unsaved_since or now
        is_next_batch = now - since >= min(_BATCH_S, self._interval_s)
        if is_next_batch and now - self._saved_at >= self._interval_s:
            self.save()

    def save(self) -> None:
        """Write the checkpoint if it has changed. Errors are logged: they only cost time later."""
        self._saved_at = self._clock()
        with self._lock:
            if not self._dirty:
                return
            content = {
                "fingerprint": self._fingerprint,
                "texts": texts_to_wire(self._texts),
                "speech_fingerprint": self._speech_fingerprint,
                "speech": speech_to_wire(self._speech),
            }
            self._dirty, self._unsaved_since = False, None
        body = json.dumps(content, ensure_ascii=False)
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

    def _latest(self, part: Callable[[int, Any], Part]) -> tuple[int, Part | dict[Any, Any]]:
        """Return the latest earlier attempt whose checkpoint has this part, and the part."""
        for attempt in range(self._job.attempt - 1, 0, -1):
            found = self._read(attempt, part)
            if found:
                return attempt, found
        return 0, {}

    def _read(self, attempt: int, part: Callable[[int, Any], Part]) -> Part | None:
        try:
            with self._blobs.open(self._key(attempt)) as file:
                return part(attempt, json.loads(file.read()))
        except BlobNotFound:
            return None
        except Exception as error:
            events.checkpoint.read_failed.log(
                job=self._job.id, of=attempt, error=type(error).__name__
            )
            return None

    def _speech_of(self, attempt: int, data: Any) -> Speech:
        if not data.get("speech"):
            return {}
        if data["speech_fingerprint"] == self._speech_fingerprint:
            return speech_from_wire(data["speech"])
        events.checkpoint.ignored.log(job=self._job.id, of=attempt)
        return {}

    def _texts_of(self, attempt: int, data: Any) -> dict[str, DecodedText]:
        if not data["texts"]:
            return {}
        if data["fingerprint"] == self._fingerprint:
            return texts_from_wire(data["texts"])
        events.checkpoint.ignored.log(job=self._job.id, of=attempt)
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
