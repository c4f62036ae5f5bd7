"""Every event that the farm logs: one module for each noun, one declaration for each event.

`events.attempt.started.log(preset="fast", waited_s=0.2)` logs `attempt.started`. Metrics, traces
and docs/reference/log-events.md are made from the same declarations.

- `event`: what a declaration consists of
- `job`, `callback`, `revision`, `forward`, `pause`: a job's life, and what an operator pauses
- `redaction`: what is masked in transcripts
- `http`, `tls`, `access`, `message`, `amqp`, `rate_limit`: the ingress
- `attempt`, `lease`, `stage`, `speaker`, `cache`, `checkpoint`, `batch`: a worker at a job
- `farm`, `dispatcher`, `worker`, `flower`: processes
- `engine`, `model`, `device`, `dependency`, `deletion_cost`: what a worker has and needs
- `ledger`, `custody`, `blobs`, `broker`, `notifications`: shared state
- `metrics`, `traces`, `periodic`: what runs beside
"""

from types import ModuleType
from typing import Any

from whisperfarm_store.events import (
    access,
    amqp,
    attempt,
    batch,
    blobs,
    broker,
    cache,
    callback,
    checkpoint,
    custody,
    deletion_cost,
    dependency,
    device,
    dispatcher,
    engine,
    farm,
    flower,
    forward,
    http,
    job,
    lease,
    ledger,
    message,
    metrics,
    model,
    notifications,
    pause,
    periodic,
    rate_limit,
    redaction,
    revision,
    speaker,
    stage,
    tls,
    traces,
    worker,
)
from whisperfarm_store.events.event import Event

__all__ = [
    "CATALOGUE",
    "Event",
    "access",
    "amqp",
    "attempt",
    "batch",
    "blobs",
    "broker",
    "cache",
    "callback",
    "checkpoint",
    "custody",
    "deletion_cost",
    "dependency",
    "device",
    "dispatcher",
    "engine",
    "farm",
    "flower",
    "forward",
    "http",
    "job",
    "lease",
    "ledger",
    "message",
    "metrics",
    "model",
    "notifications",
    "pause",
    "periodic",
    "rate_limit",
    "redaction",
    "revision",
    "speaker",
    "stage",
    "tls",
    "traces",
    "worker",
]

_MODULES: tuple[ModuleType, ...] = (
    # In the order of docs/reference/log-events.md.
    *(job, attempt, lease, stage, speaker, cache, checkpoint, batch, callback, revision, redaction),
    *(forward, pause),
    *(http, tls, access, message, amqp, rate_limit),
    *(dispatcher, worker, dependency, engine, model, device, deletion_cost, flower, farm),
    *(ledger, custody, blobs, broker, notifications, periodic, metrics, traces),
)

CATALOGUE: tuple[Event[Any], ...] = tuple(
    declared
    for module in _MODULES
    for declared in vars(module).values()
    if isinstance(declared, Event)
)
"""All events, in the order of their declarations."""
