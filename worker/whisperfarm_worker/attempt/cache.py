"""The result cache: returns an existing transcript of the same recording with the same options."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from whisperfarm_contract import transcript
from whisperfarm_contract.job import Job
from whisperfarm_contract.options import Options
from whisperfarm_contract.presets import Preset, get_preset
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import CachedResult, CacheIndex
from whisperfarm_store.peaks import read_peaks
from whisperfarm_worker.attempt.result import Result
from whisperfarm_worker.engines.port import Engine


class ResultCache:
    """Transcripts by a key of tenant, audio, preset, options, models, engine and version.

    `models` are the fingerprints of the models by preset. Errors never fail a job: it is
    transcribed instead.
    """

    def __init__(
        self,
        index: CacheIndex,
        blobs: Blobs,
        *,
        engine: Engine,
        presets: Mapping[str, Preset],
        models: Mapping[str, str],
        enabled: bool,
    ) -> None:
        self._index = index
        self._blobs = blobs
        self._engine = engine
        self._presets = presets
        self._models = models
        self._enabled = enabled

    def find(self, job: Job) -> Result | None:
        """Return an existing transcript for the job with the peaks, or `None`.

        A job that asks for a redacted recording has none, because its samples are needed.
        Its `provenance` has the id of the job that it was made for as `cache`.
        """
        if not self._is_enabled(job) or job.options.redact is not None:
            return None
        try:
            found = self._index.find(job.tenant, self._key(job))
            cached = None if found is None else self._read(job, found)
        except Exception as error:
            # For example, retention may have deleted it.
            events.cache.read_failed.log(job=job.id, error=type(error).__name__)
            return None
        if found is None:
            events.cache.miss.log(job=job.id)
        else:
            events.cache.hit.log(job=job.id, of=found.job_id)
        return cached

    def put(self, job: Job) -> None:
        """Store the transcript of a job that has succeeded."""
        if not self._is_enabled(job):
            return
        try:
            self._index.save(job.id, self._key(job))
        except Exception as error:
            events.cache.store_failed.log(job=job.id, error=str(error))

    def _is_enabled(self, job: Job) -> bool:
        # Voices are enrolled and erased between jobs, and kept ones belong to one job.
        options = job.options
        by_voice = options.name_speakers or options.keep_voices
        excluded = by_voice or options.destroys_originals
        return self._enabled and job.policy.cache and not excluded

    def _read(self, job: Job, found: CachedResult) -> Result:
        if not found.result_key.startswith(f"results/{job.tenant}/"):
            raise ValueError("the cached transcript belongs to another tenant")
        with self._blobs.open(found.result_key) as file:
            cached = transcript.from_wire(json.loads(file.read()))
        marked = replace(cached, provenance={**cached.provenance, "cache": found.job_id})
        return Result(marked, read_peaks(self._blobs, found.result_key))

    def _key(self, job: Job) -> str:
        key_parts = [
            job.tenant,
            job.audio.inner_sha256 or job.audio.sha256,
            asdict(get_preset(job.preset, self._presets)),
            _decisive_options(job).to_wire(),
            self._models.get(job.preset, ""),
            self._engine_identity,
        ]
        return sha256(json.dumps(key_parts, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _engine_identity(self) -> dict[str, Any]:
        """The engine, without its device, and the version of whisperfarm."""
        identity = {
            name: value for name, value in self._engine.describe().items() if name != "device"
        }
        return {**identity, "whisperfarm": version("whisperfarm")}


def _decisive_options(job: Job) -> Options:
    """Return the options without those that change nothing.

    The words of a vocabulary are in `hotwords`, and the inner header of a recording with two states
    its rate.
    """
    options = replace(job.options, vocabulary=None, redact=None, redact_sound="mute")
    return options if job.audio.inner_sha256 is None else replace(options, sample_rate=None)
