"""The result cache: the same recording, asked for in the same way, is not transcribed again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Protocol

from whisperfarm_contract import transcript
from whisperfarm_contract.job import Job
from whisperfarm_contract.presets import Preset, get_preset
from whisperfarm_contract.transcript import Transcript
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import CachedResult
from whisperfarm_worker.engines.port import Engine


class CacheIndex(Protocol):
    """The part of the ledger that knows transcripts by what they were made of."""

    def find_cached(self, tenant: str, key: str) -> CachedResult | None:
        """The transcript of that key."""

    def save_cached(self, job_id: str, key: str) -> None:
        """Note a job's transcript under that key."""


class ResultCache:
    """Transcripts by what they were made of: tenant, audio, preset, options, models, versions.

    `models` are the fingerprints of the models by preset. Nothing that goes wrong here fails a job:
    it is transcribed then.
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

    def find(self, job: Job) -> Transcript | None:
        """The transcript that a job would get, if it was made before; it says for which job."""
        if not self._is_enabled(job):
            return None
        try:
            found = self._index.find_cached(job.tenant, self._key(job))
            cached = None if found is None else self._read(job, found)
        except Exception as error:
            # Retention may have deleted it, for one.
            events.cache.read_failed.log(job=job.id, error=type(error).__name__)
            return None
        if found is None:
            events.cache.miss.log(job=job.id)
        else:
            events.cache.hit.log(job=job.id, of=found.job_id)
        return cached

    def put(self, job: Job) -> None:
        """The job has succeeded with a transcript that was made for it."""
        if not self._is_enabled(job):
            return
        try:
            self._index.save_cached(job.id, self._key(job))
        except Exception as error:
            events.cache.store_failed.log(job=job.id, error=str(error))

    def _is_enabled(self, job: Job) -> bool:
        return self._enabled and job.policy.cache

    def _read(self, job: Job, found: CachedResult) -> Transcript:
        if not found.result_key.startswith(f"results/{job.tenant}/"):
            raise ValueError("a transcript of somebody else")
        with self._blobs.open(found.result_key) as file:
            cached = transcript.from_wire(json.loads(file.read()))
        return replace(cached, provenance={**cached.provenance, "cache": found.job_id})

    def _key(self, job: Job) -> str:
        key_parts = [
            job.tenant,
            job.audio.sha256,
            asdict(get_preset(job.preset, self._presets)),
            job.options.to_wire(),
            self._models.get(job.preset, ""),
            self._engine_identity,
        ]
        return sha256(json.dumps(key_parts, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _engine_identity(self) -> dict[str, Any]:
        """The engine and the code. Which of several devices it was makes no difference."""
        identity = {
            name: value for name, value in self._engine.describe().items() if name != "device"
        }
        return {**identity, "whisperfarm": version("whisperfarm")}
