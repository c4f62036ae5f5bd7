"""What a worker knows of itself, for the chain of custody."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from whisperfarm_contract.job import Job
from whisperfarm_models.engine_spec import WHISPERX
from whisperfarm_worker.engines.port import Engine


class CustodyFacts:
    """Returns what the entry of a claim records: engine, models, versions and device.

    `models` are the fingerprints of the models by preset. Members have the names of earlier
    deployments.
    """

    def __init__(self, engine: Engine, models: Mapping[str, str]) -> None:
        self._engine = engine
        self._models = models

    def __call__(self, job: Job) -> Mapping[str, Any]:
        """Return the facts of an attempt at the job."""
        config = {"engine": self._engine_facts["engine"], "models": self._models.get(job.preset)}
        kept = {name: self._engine_facts.get(name) for name in ("versions", "compute_type")}
        known = {name: value for name, value in {**config, **kept}.items() if value is not None}
        return {"processing_config": known, "system_info": self._system}

    @cached_property
    def _engine_facts(self) -> Mapping[str, Any]:
        return self._engine.describe()

    @cached_property
    def _system(self) -> Mapping[str, str | None]:
        device = str(self._engine_facts.get("device", "cpu"))
        gpu, cuda_version = None, None
        # The GPU is asked through torch, which only this engine imports.
        if device.startswith("cuda") and self._engine_facts["engine"] == WHISPERX.name:
            from whisperfarm_worker.engines.whisperx.gpu_memory import describe_gpu

            gpu, cuda_version = describe_gpu(device)
        return {"device": device, "gpu": gpu, "cuda_version": cuda_version}
