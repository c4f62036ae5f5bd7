"""Every metric of the farm, with its meaning. A test compares docs/reference/metrics.md with it.

Labels are few and have few values: presets and tenants come from the settings, all else is a fixed
set. No job, worker, address or word is ever a label. Names beginning with `whisperx_` are those of
earlier deployments, kept for their dashboards.
"""

from dataclasses import dataclass
from enum import StrEnum

from whisperfarm_contract.outcomes import AttemptOutcome


class Kind(StrEnum):
    """How a metric behaves. Those that are `READ` are asked for whenever somebody looks."""

    COUNTER = "counter"
    GAUGE = "gauge"
    READ = "gauge, read when asked"
    HISTOGRAM = "histogram"


DISPATCHER = ("dispatcher",)
WORKER = ("worker",)
BOTH = ("dispatcher", "worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric: its name with the unit in it, the parts that have it, its labels."""

    name: str
    kind: Kind
    parts: tuple[str, ...]
    about: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


_REQUEST_S = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_STAGE_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
_WAIT_S = (0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 4 * 3600, 24 * 3600)
_REAL_TIME = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 4, 8)
_FILL = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)

# From the ledger. Every dispatcher tells the same, for it is one ledger: take `max`, never `sum`.

LEDGER_UP = Metric(
    name="whisperfarm_ledger_up",
    kind=Kind.READ,
    parts=DISPATCHER,
    about="1 when the ledger answers, 0 when it does not; the others from it are absent then.",
)
JOBS = Metric(
    name="whisperfarm_jobs",
    kind=Kind.READ,
    parts=DISPATCHER,
    labels=("preset", "tenant", "state"),
    about="Jobs that have not ended; `state` is queued or running.",
)
BACKLOG_AUDIO = Metric(
    name="whisperfarm_backlog_audio_seconds",
    kind=Kind.READ,
    parts=DISPATCHER,
    labels=("preset", "tenant"),
    about=(
        "Audio of jobs that have not ended. While its length is not known, 8000 bytes count for a"
        " second, up to an hour."
    ),
)
BACKLOG_OLDEST = Metric(
    name="whisperfarm_backlog_oldest_seconds",
    kind=Kind.READ,
    parts=DISPATCHER,
    labels=("preset",),
    about="How long the oldest queued job has waited since it was accepted; 0 when none waits.",
)
WORKERS = Metric(
    name="whisperfarm_workers",
    kind=Kind.READ,
    parts=DISPATCHER,
    labels=("state",),
    about="Live workers; `state` is ready, not_ready or draining.",
)
CALLBACKS_WAITING = Metric(
    name="whisperfarm_callbacks_waiting",
    kind=Kind.READ,
    parts=DISPATCHER,
    about="Callbacks that are neither delivered nor given up.",
)

# What a dispatcher does. Each counts its own: take `sum`.

JOBS_ACCEPTED = Metric(
    name="whisperfarm_jobs_accepted_total",
    kind=Kind.COUNTER,
    parts=DISPATCHER,
    labels=("preset", "tenant", "door"),
    about="Jobs that came in; `door` is http or rabbitmq. A request that is repeated counts once.",
)
REFUSED = Metric(
    name="whisperfarm_refused_total",
    kind=Kind.COUNTER,
    parts=DISPATCHER,
    labels=("problem",),
    about="Requests and messages that were refused, by the problem's name.",
)
HTTP_REQUESTS = Metric(
    name="whisperfarm_http_requests_total",
    kind=Kind.COUNTER,
    parts=DISPATCHER,
    labels=("route", "status"),
    about="Requests by route, such as /v1/jobs/{job_id}, and by the answer's status.",
)
HTTP_REQUEST_S = Metric(
    name="whisperfarm_http_request_seconds",
    kind=Kind.HISTOGRAM,
    parts=DISPATCHER,
    labels=("route",),
    buckets=_REQUEST_S,
    about="Time until the answer begins; uploads and callers who wait for an end are in it.",
)
RESCUES = Metric(
    name="whisperfarm_rescues_total",
    kind=Kind.COUNTER,
    parts=DISPATCHER,
    about="Jobs that stood still and were moved on: their worker died, or their message was lost.",
)
CALLBACKS = Metric(
    name="whisperfarm_callbacks_total",
    kind=Kind.COUNTER,
    parts=DISPATCHER,
    labels=("outcome",),
    about="Tries to deliver a callback; `outcome` is delivered, again or given_up.",
)

# Both parts.

JOBS_ENDED = Metric(
    name="whisperfarm_jobs_ended_total",
    kind=Kind.COUNTER,
    parts=BOTH,
    labels=("preset", "tenant", "state"),
    about="Jobs that ended, counted by whichever part ended them: succeeded, failed or cancelled.",
)
JOBS_FAILED = Metric(
    name="whisperfarm_jobs_failed_total",
    kind=Kind.COUNTER,
    parts=BOTH,
    labels=("preset", "problem"),
    about="Those of them that failed, by the problem's name, such as deadline-passed.",
)
DISK_FREE = Metric(
    name="whisperfarm_disk_free_bytes",
    kind=Kind.READ,
    parts=BOTH,
    labels=("folder",),
    about="Room left where a folder lies; `folder` is data, blobs, models or scratch.",
)

# What a worker does.

ATTEMPTS = Metric(
    name="whisperfarm_attempts_total",
    kind=Kind.COUNTER,
    parts=WORKER,
    labels=("preset", "outcome"),
    about=f"Attempts that ended; `outcome` is one of {', '.join(AttemptOutcome)}.",
)
DEPENDENCY_UP = Metric(
    name="whisperfarm_worker_dependency_up",
    kind=Kind.READ,
    parts=WORKER,
    labels=("dependency",),
    about=(
        "1 when the worker reaches the dependency, ledger or blobs; 0 when it does not, and then it"
        " takes no jobs."
    ),
)
JOB_WAIT_S = Metric(
    name="whisperfarm_job_wait_seconds",
    kind=Kind.HISTOGRAM,
    parts=WORKER,
    labels=("preset",),
    buckets=_WAIT_S,
    about="From a job's acceptance to the begin of its first attempt.",
)
STAGE_S = Metric(
    name="whisperfarm_stage_seconds",
    kind=Kind.HISTOGRAM,
    parts=WORKER,
    labels=("stage", "preset"),
    buckets=_STAGE_S,
    about="Time in each stage, of attempts that made a transcript.",
)
REAL_TIME_FACTOR = Metric(
    name="whisperfarm_real_time_factor",
    kind=Kind.HISTOGRAM,
    parts=WORKER,
    labels=("preset",),
    buckets=_REAL_TIME,
    about="Time in all stages by the audio's length, of attempts that made a transcript.",
)
BATCH_FILL = Metric(
    name="whisperfarm_batch_fill_ratio",
    kind=Kind.HISTOGRAM,
    parts=WORKER,
    buckets=_FILL,
    about="Windows of speech in a batch by those that it has room for.",
)
GPU_MEMORY = Metric(
    name="whisperfarm_gpu_memory_bytes",
    kind=Kind.READ,
    parts=WORKER,
    labels=("kind",),
    about=(
        "Memory of the worker's GPU; `kind` is total or used, by whomever, and allocated or"
        " reserved, by torch in this worker. Absent on a CPU."
    ),
)
RESULT_CACHE = Metric(
    name="whisperfarm_result_cache_total",
    kind=Kind.COUNTER,
    parts=WORKER,
    labels=("outcome",),
    about="Jobs that were looked up in the result cache; `outcome` is hit or miss.",
)
MODEL_CACHE = Metric(
    name="whisperfarm_model_cache_total",
    kind=Kind.COUNTER,
    parts=WORKER,
    labels=("outcome",),
    about="Models that were needed; hit: it was loaded already, miss: it had to be loaded.",
)
MODEL_LOAD_S = Metric(
    name="whisperfarm_model_load_seconds",
    kind=Kind.GAUGE,
    parts=WORKER,
    labels=("model",),
    about="How long the model took to load, when it was loaded last.",
)
STARTUP_S = Metric(
    name="whisperfarm_startup_seconds",
    kind=Kind.GAUGE,
    parts=WORKER,
    labels=("phase",),
    about="How long the start took; `phase` is imports, models or ready, which is all of it.",
)
IN_FLIGHT = Metric(
    name="whisperfarm_jobs_in_flight",
    kind=Kind.READ,
    parts=WORKER,
    about="Jobs that the worker has now.",
)

# Names of earlier deployments.

WHISPERX_DURATION = Metric(
    name="whisperx_processing_duration_seconds",
    kind=Kind.HISTOGRAM,
    parts=WORKER,
    labels=("engine", "quality_tier"),
    buckets=_STAGE_S,
    about="Time in all stages, of attempts that made a transcript; the tier is the preset.",
)
WHISPERX_TOTAL = Metric(
    name="whisperx_processing_total",
    kind=Kind.COUNTER,
    parts=WORKER,
    labels=("engine", "status"),
    about="Attempts that came to an end of their job; `status` is success or error.",
)
WHISPERX_GPU = Metric(
    name="whisperx_gpu_memory_bytes",
    kind=Kind.READ,
    parts=WORKER,
    about="Memory in use on the worker's GPU, by whomever. Absent on a CPU.",
)

METRICS = tuple(one for one in list(globals().values()) if isinstance(one, Metric))
"""All of them, in the order of this file."""
