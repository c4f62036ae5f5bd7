"""Checkpoint of one attempt: a small JSON blob.

Each attempt has its own key, so a worker that lost its lease cannot overwrite the checkpoint of a
newer attempt. Each part of it has a fingerprint of what it depends on, and is used only with the
same: speech with the same audio, options, preset and models; languages with the same audio, preset,
choice and models; text with the same audio, preset, decoding and models.
"""

import json
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from whisperfarm_contract import identifiers
from whisperfarm_contract.job import Job
from whisperfarm_contract.presets import Preset
from whisperfarm_store import events
from whisperfarm_store.blobs import BlobNotFound, Blobs
from whisperfarm_worker.attempt.checkpoint_parts import (
    Languages,
    Part,
    Probabilities,
    Speech,
    all_parts,
    fingerprint,
)
from whisperfarm_worker.engines.port import DecodedText, Decoding
from whisperfarm_worker.pipeline.state import Window

_MIN_SPEECH_STAGE_S = 2.0
"""Voice activity detection is saved more often than the rest: after this time."""

_BATCH_S = 0.1
"""The texts of one batch come within this time. A job of a single batch is not worth a write."""

T = TypeVar("T")


class JobCheckpoint:
    """Checkpoint of one attempt, which can load those of earlier attempts.

    It is written at most every `interval_s` seconds, and more often while speech is detected. Texts
    are written when those of the next batch come. Callers read them in the job's events. No text is
    written of a job of which only the redacted one is to stay.
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
        self._speech, self._languages, self._texts = all_parts()
        self._dirty = self._written = False
        self._text_since: float | None = None
        self._lock = threading.Lock()

    def load_speech(self, preset: Preset, parameters: Mapping[str, Any]) -> Speech:
        self._saved_at = self._clock()
        attempt, speech = self._load(self._speech, preset, parameters)
        if speech:
            windows = sum(map(len, speech.values()))
            events.checkpoint.speech_loaded.log(job=self._job.id, of=attempt, windows=windows)
        return speech

    def record_speech(self, key: str, windows: Sequence[Window]) -> None:
        self._record(self._speech, key, tuple(windows), min(_MIN_SPEECH_STAGE_S, self._interval_s))

    def load_languages(self, preset: Preset, codes: Sequence[str]) -> Languages:
        attempt, languages = self._load(self._languages, preset, list(codes))
        if languages:
            events.checkpoint.languages_loaded.log(
                job=self._job.id, of=attempt, windows=len(languages)
            )
        return languages

    def record_language(self, key: str, probabilities: Probabilities) -> None:
        self._record(self._languages, key, probabilities, self._interval_s)

    def load(self, preset: Preset, decoding: Decoding) -> Mapping[str, DecodedText]:
        attempt, texts = self._load(self._texts, preset, asdict(decoding))
        if texts:
            events.checkpoint.loaded.log(job=self._job.id, of=attempt, windows=len(texts))
        return texts

    def record(self, key: str, text: DecodedText) -> None:
        if self._job.options.destroys_originals:
            return  # it is not redacted yet
        now = self._clock()
        if self._text_since is None:
            self._text_since = now
        is_next_batch = now - self._text_since >= min(_BATCH_S, self._interval_s)
        self._record(self._texts, key, text, self._interval_s if is_next_batch else math.inf)

    def save(self) -> None:
        """Write the checkpoint if it has changed. Errors are logged: they only cost time later."""
        self._saved_at = self._clock()
        with self._lock:
            if not self._dirty:
                return
            content = {part.name: part.to_wire() for part in self._parts}
            self._dirty, self._text_since = False, None
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

    @property
    def _parts(self) -> tuple[Part[Any], ...]:
        return (self._speech, self._languages, self._texts)

    def _load(self, part: Part[T], preset: Preset, parameters: Any) -> tuple[int, dict[str, T]]:
        """Return the latest earlier attempt whose checkpoint has this part, and its values."""
        made_with = fingerprint(self._job.audio.sha256, asdict(preset), parameters, self._models)
        attempts = range(self._job.attempt - 1, 0, -1)
        found = ((attempt, self._read(attempt, part, made_with)) for attempt in attempts)
        attempt, values = next(((number, one) for number, one in found if one), (0, {}))
        with self._lock:
            part.fingerprint = made_with
            part.values = dict(values)
        return attempt, values

    def _record(self, part: Part[T], key: str, value: T, interval_s: float) -> None:
        with self._lock:
            part.values[key] = value
            self._dirty = True
        if self._clock() - self._saved_at >= interval_s:
            self.save()

    def _read(self, attempt: int, part: Part[T], made_with: str) -> dict[str, T]:
        try:
            with self._blobs.open(self._key(attempt)) as file:
                saved = json.loads(file.read())[part.name]
            if saved["values"] and saved["fingerprint"] != made_with:
                events.checkpoint.ignored.log(job=self._job.id, of=attempt)
                return {}
            return part.from_wire(saved["values"])
        except BlobNotFound:
            return {}
        except Exception as error:
            events.checkpoint.read_failed.log(
                job=self._job.id, of=attempt, error=type(error).__name__
            )
            return {}

    def _key(self, attempt: int) -> str:
        return identifiers.checkpoint_key(self._job.tenant, self._job.id, attempt)
