"""Loads each model of an engine once, at its first use."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from whisperfarm_contract.problems import EngineFailed, Problem
from whisperfarm_store import events
from whisperfarm_worker.engines.errors import describe_error
from whisperfarm_worker.process.environment import stdout_to_log


class ModelCache:
    """Loaded models, by kind and name."""

    def __init__(self) -> None:
        self._models: dict[tuple[str, ...], Any] = {}
        self._loading: defaultdict[tuple[str, ...], threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    def get_or_load(self, kind: str, *name: str, make: Callable[[], Any]) -> Any:
        """Return the model; call `make` if it is not loaded. Raises `EngineFailed`."""
        key = (kind, *name)
        if key in self._models:
            events.model.cached.log(kind=kind, model=name[0])
            return self._models[key]
        with self._guard:
            loading = self._loading[key]
        with loading:
            if key not in self._models:
                self._models[key] = _load(kind, name[0], make)
            return self._models[key]


def _load(kind: str, model: str, make: Callable[[], Any]) -> Any:
    started_at = time.monotonic()
    try:
        with stdout_to_log():
            loaded = make()
    except Problem:
        raise
    except Exception as error:
        raise EngineFailed(
            f"the {kind} model {model} cannot be loaded: {describe_error(error)}"
        ) from error
    took_s = round(time.monotonic() - started_at, 2)
    events.model.loaded.log(kind=kind, model=model, took_s=took_s)
    return loaded
