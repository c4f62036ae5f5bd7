"""Definitions of all metrics, with their meaning and the values of their labels.

Labels have few values: presets and tenants come from the settings, and all other values are fixed.
Jobs, workers, addresses and transcripts are never labels. Names beginning with `whisperx_` are
those of earlier deployments, kept for their dashboards.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from whisperfarm_contract.custody import Kind
from whisperfarm_contract.forwarding import ForwardState
from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.outcomes import AttemptOutcome
from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_contract.revisions.revision import RevisionKind, is_by_person
from whisperfarm_contract.states import JobState
from whisperfarm_store.events.access import RefusalReason
from whisperfarm_store.events.event import BOTH, DISPATCHER, WORKER
from whisperfarm_store.events.tls import HandshakeRefusal

WATCH = ("watch",)


class MetricType(StrEnum):
    """Type of a metric. A `GAUGE_CALLBACK` is read when Prometheus scrapes."""

    COUNTER = "counter"
    GAUGE = "gauge"
    GAUGE_CALLBACK = "gauge, read at a scrape"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric: its name, which includes the unit, the components that export it, and its labels.

    `values` are label values known from the start, so that counters begin at 0.
    """

    name: str
    type: MetricType
    components: tuple[str, ...]
    description: str
    labels: tuple[str, ...] = ()
    values: Mapping[str, Iterable[str]] = field(default_factory=dict, hash=False)
    buckets: tuple[float, ...] = ()


class Ingress(StrEnum):
    """Where a job was submitted."""

    HTTP = "http"
    AMQP = "amqp"


class CallbackOutcome(StrEnum):
    """Result of one delivery attempt of a callback."""

    DELIVERED = "delivered"
    RETRIED = "retried"
    FAILED = "failed"


class CacheOutcome(StrEnum):
    """Result of a cache lookup."""

    HIT = "hit"
    MISS = "miss"


class RedactionOutcome(StrEnum):
    """Whether an attempt could make a redacted recording."""

    MADE = "made"
    FAILED = "failed"


class ComparisonOutcome(StrEnum):
    """Result of the comparison of a speaker with enrolled voices."""

    NAMED = "named"
    UNNAMED = "unnamed"


class WatchOutcome(StrEnum):
    """Result of one attempt of a watcher to have a recording transcribed."""

    DONE = "done"
    FAILED = "failed"
    RETRIED = "retried"


class SiprecOutcome(StrEnum):
    """Answer of SIPREC to a recording that a watcher submits."""

    ACCEPTED = "accepted"
    FAILED = "failed"


class Status(StrEnum):
    """Outcome of an attempt in the metrics of earlier deployments."""

    SUCCESS = "success"
    ERROR = "error"


ENDED = tuple(state for state in JobState if state.is_final)
"""The final states of a job."""

USUAL_FAILURES = (
    "attempts-exhausted",
    "audio-too-long",
    "audio-unreadable",
    "no-audio-track",
    "deadline-exceeded",
    "engine-failed",
    "server-error",
    "job-quarantined",
)
"""Problems that jobs often fail with. Others appear when they first happen."""


def _one_of(values: Iterable[str]) -> str:
    *others, last = values
    return f"{', '.join(others)} or {last}"


_BY_PERSON = tuple(kind for kind in RevisionKind if is_by_person(kind))
_REQUEST_S = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_STAGE_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
_WAIT_S = (0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 4 * 3600, 24 * 3600)
_REAL_TIME = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 4, 8)
_FILL = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)

# From the ledger. Every dispatcher exports the same values: aggregate with `max`, never `sum`.

LEDGER_UP = Metric(
    name="whisperfarm_ledger_up",
    type=MetricType.GAUGE_CALLBACK,
    components=DISPATCHER,
    description="1 if the ledger is available, otherwise 0, and its other metrics are absent.",
)
JOBS = Metric(
    name="whisperfarm_jobs",
    type=MetricType.GAUGE_CALLBACK,
    components=DISPATCHER,
    labels=("preset", "tenant", "state"),
    description="Unfinished jobs; `state` is queued or running.",
)
BACKLOG_AUDIO = Metric(
    name="whisperfarm_backlog_audio_seconds",
    type=MetricType.GAUGE_CALLBACK,
    components=DISPATCHER,
    labels=("preset", "tenant"),
    description=(
        "Audio of unfinished jobs. Until its length is measured, it is estimated: from the header,"
        " else as one second per 8000 bytes, at most one hour."
    ),
)
BACKLOG_OLDEST = Metric(
    name="whisperfarm_backlog_oldest_seconds",
    type=MetricType.GAUGE_CALLBACK,
    components=DISPATCHER,
    labels=("preset", "lane"),
    description="Time since the oldest queued job of the lane was accepted; 0 if none is queued.",
)
QUEUED_JOBS = Metric(
    name="whisperfarm_queued_jobs",
    type=MetricType.GAUGE_CALLBACK,
    components=DISPATCHER,
    labels=("preset", "lane"),
    description="Queued jobs; `lane` is live, standard or bulk.",
)
WORKERS = Metric(
    name="whisperfarm_workers",
    type=MetricType.GAUGE_CALLBACK,
    components=DISPATCHER,
    labels=("state",),
    description="Live workers; `state` is ready, not_ready, draining or silent.",
)
PAUSED = Metric(
    name="whisperfarm_paused",
    type=MetricType.GAUGE_CALLBACK,
    components=DISPATCHER,
    labels=("preset", "kind"),
    description="1 if an operator has paused the preset or the farm; `kind` is accept or dispatch.",
)
CALLBACKS_WAITING = Metric(
    name="whisperfarm_callbacks_waiting",
    type=MetricType.GAUGE_CALLBACK,
    components=DISPATCHER,
    description="Callbacks that are neither delivered nor failed.",
)
FORWARDS = Metric(
    name="whisperfarm_forwards",
    type=MetricType.GAUGE_CALLBACK,
    components=DISPATCHER,
    labels=("state",),
    description=(
        f"Jobs that are sent to the hub (`WHISPERFARM_HUB_URL`), by {_one_of(ForwardState)}."
    ),
)
FORWARDS_FAILING = Metric(
    name="whisperfarm_forwards_failing",
    type=MetricType.GAUGE_CALLBACK,
    components=DISPATCHER,
    description="Those whose last try failed.",
)
FORWARD_OLDEST = Metric(
    name="whisperfarm_forward_oldest_age_seconds",
    type=MetricType.GAUGE_CALLBACK,
    components=DISPATCHER,
    description="Age of the oldest job that waits to be sent to the hub; 0 if there is none.",
)
FORWARD_BYTES_WAITING = Metric(
    name="whisperfarm_forward_waiting_bytes",
    type=MetricType.GAUGE_CALLBACK,
    components=DISPATCHER,
    description="Bytes of recordings that are still to be sent to the hub.",
)

# From dispatchers. Each counts its own work: aggregate with `sum`.

JOBS_ACCEPTED = Metric(
    name="whisperfarm_jobs_accepted_total",
    type=MetricType.COUNTER,
    components=DISPATCHER,
    labels=("preset", "tenant", "ingress"),
    values={"ingress": Ingress},
    description=f"Jobs accepted; `ingress` is {_one_of(Ingress)}. Repeated requests count once.",
)
REFUSED = Metric(
    name="whisperfarm_refused_total",
    type=MetricType.COUNTER,
    components=DISPATCHER,
    labels=("problem",),
    values={"problem": PROBLEMS},
    description="Requests and messages that were rejected, by the problem's name.",
)
ACCESS_REFUSED = Metric(
    name="whisperfarm_access_refused_total",
    type=MetricType.COUNTER,
    components=DISPATCHER,
    labels=("reason",),
    values={"reason": RefusalReason},
    description=(
        f"Requests refused because of their key or token; `reason` is {_one_of(RefusalReason)}."
    ),
)
TLS_REFUSED = Metric(
    name="whisperfarm_tls_refused_total",
    type=MetricType.COUNTER,
    components=DISPATCHER,
    labels=("reason",),
    values={"reason": HandshakeRefusal},
    description=f"TLS handshakes that failed; `reason` is {_one_of(HandshakeRefusal)}.",
)
CUSTODY_ENTRIES = Metric(
    name="whisperfarm_custody_entries_total",
    type=MetricType.COUNTER,
    components=BOTH,
    labels=("kind",),
    values={"kind": Kind},
    description=f"Entries added to chains of custody; `kind` is {_one_of(Kind)}.",
)
REVISIONS = Metric(
    name="whisperfarm_revisions_total",
    type=MetricType.COUNTER,
    components=DISPATCHER,
    labels=("kind",),
    values={"kind": _BY_PERSON},
    description=f"Transcripts that people revised; `kind` is {_one_of(_BY_PERSON)}.",
)
FORWARD_BYTES = Metric(
    name="whisperfarm_forward_sent_bytes_total",
    type=MetricType.COUNTER,
    components=DISPATCHER,
    description="Bytes of recordings that the hub has taken.",
)
ARTIFACTS_DELETED = Metric(
    name="whisperfarm_artifacts_deleted_total",
    type=MetricType.COUNTER,
    components=DISPATCHER,
    labels=("artifact", "cause"),
    values={"artifact": ("audio", "results"), "cause": ("retention", "request")},
    description=(
        "Recordings and transcripts of jobs that were deleted; `cause` is retention, or the request"
        " of a caller."
    ),
)
HOLDS = Metric(
    name="whisperfarm_holds_total",
    type=MetricType.COUNTER,
    components=DISPATCHER,
    labels=("change",),
    values={"change": ("set", "lifted")},
    description="Legal holds of jobs that were set or lifted; `change` says which.",
)
HTTP_REQUESTS = Metric(
    name="whisperfarm_http_requests_total",
    type=MetricType.COUNTER,
    components=DISPATCHER,
    labels=("route", "status"),
    description="Requests by route, such as /v1/jobs/{job_id}, and status of the response.",
)
HTTP_REQUEST_S = Metric(
    name="whisperfarm_http_request_seconds",
    type=MetricType.HISTOGRAM,
    components=DISPATCHER,
    labels=("route",),
    buckets=_REQUEST_S,
    description="Time until the response begins, with uploads and waits for a job's end.",
)
RESCUES = Metric(
    name="whisperfarm_rescues_total",
    type=MetricType.COUNTER,
    components=DISPATCHER,
    description="Stuck jobs that were rescued: their worker died, or their message was lost.",
)
CALLBACKS = Metric(
    name="whisperfarm_callbacks_total",
    type=MetricType.COUNTER,
    components=DISPATCHER,
    labels=("outcome",),
    values={"outcome": CallbackOutcome},
    description=f"Delivery attempts of callbacks; `outcome` is {_one_of(CallbackOutcome)}.",
)

# From dispatchers and workers.

JOBS_ENDED = Metric(
    name="whisperfarm_jobs_ended_total",
    type=MetricType.COUNTER,
    components=BOTH,
    labels=("preset", "tenant", "state"),
    values={"state": ENDED},
    description=f"Jobs that ended, counted where they end; `state` is {_one_of(ENDED)}.",
)
JOBS_FAILED = Metric(
    name="whisperfarm_jobs_failed_total",
    type=MetricType.COUNTER,
    components=BOTH,
    labels=("preset", "problem"),
    values={"problem": USUAL_FAILURES},
    description="Jobs that failed, by the problem's name, such as deadline-exceeded.",
)
JOBS_UNPOLLED = Metric(
    name="whisperfarm_jobs_unpolled_total",
    type=MetricType.COUNTER,
    components=DISPATCHER,
    labels=("preset",),
    description="Jobs that were cancelled because their caller no longer asked for them.",
)
DISK_FREE = Metric(
    name="whisperfarm_disk_free_bytes",
    type=MetricType.GAUGE_CALLBACK,
    components=BOTH,
    labels=("folder",),
    description="Free space on the disk of a folder; `folder` is data, blobs, models or scratch.",
)

# From workers.

ATTEMPTS = Metric(
    name="whisperfarm_attempts_total",
    type=MetricType.COUNTER,
    components=WORKER,
    labels=("preset", "outcome"),
    values={"outcome": AttemptOutcome},
    description=f"Attempts that ended; `outcome` is {_one_of(AttemptOutcome)}.",
)
DEPENDENCY_UP = Metric(
    name="whisperfarm_worker_dependency_up",
    type=MetricType.GAUGE_CALLBACK,
    components=WORKER,
    labels=("dependency",),
    description=(
        "1 if the dependency is available to the worker, otherwise 0, and the worker claims no"
        " jobs; `dependency` is ledger, blobs or scratch."
    ),
)
JOB_WAIT_S = Metric(
    name="whisperfarm_job_wait_seconds",
    type=MetricType.HISTOGRAM,
    components=WORKER,
    labels=("preset", "lane"),
    buckets=_WAIT_S,
    description="Time from a job's acceptance to the start of its first attempt.",
)
JOBS_LATE = Metric(
    name="whisperfarm_jobs_late_total",
    type=MetricType.COUNTER,
    components=WORKER,
    labels=("preset", "lane"),
    values={"lane": Lane},
    description=(
        "Jobs whose first attempt started after the objective of their lane"
        " (`WHISPERFARM_LANE_OBJECTIVES`)."
    ),
)
STAGE_S = Metric(
    name="whisperfarm_stage_seconds",
    type=MetricType.HISTOGRAM,
    components=WORKER,
    labels=("stage", "preset"),
    buckets=_STAGE_S,
    description="Time in each stage, for attempts that produced a transcript.",
)
REAL_TIME_FACTOR = Metric(
    name="whisperfarm_real_time_factor",
    type=MetricType.HISTOGRAM,
    components=WORKER,
    labels=("preset",),
    buckets=_REAL_TIME,
    description="Time in all stages per second of audio, for attempts that produced a transcript.",
)
BATCH_FILL = Metric(
    name="whisperfarm_batch_fill_ratio",
    type=MetricType.HISTOGRAM,
    components=WORKER,
    buckets=_FILL,
    description="Windows in a batch divided by the maximum.",
)
DEVICE_CALL_S = Metric(
    name="whisperfarm_device_call_seconds",
    type=MetricType.HISTOGRAM,
    components=WORKER,
    buckets=_STAGE_S,
    description=(
        "Time of each call of a model on the device. The device is idle for 1 minus the rate of the"
        " sum, if it runs one call at a time."
    ),
)
GPU_MEMORY = Metric(
    name="whisperfarm_gpu_memory_bytes",
    type=MetricType.GAUGE_CALLBACK,
    components=WORKER,
    labels=("kind",),
    description=(
        "Memory of the worker's GPU; `kind` is total or used (by all processes), allocated or"
        " reserved (by torch in this worker). Absent on a CPU."
    ),
)
RESULT_CACHE = Metric(
    name="whisperfarm_result_cache_total",
    type=MetricType.COUNTER,
    components=WORKER,
    labels=("outcome",),
    values={"outcome": CacheOutcome},
    description=f"Jobs looked up in the result cache; `outcome` is {_one_of(CacheOutcome)}.",
)
REDACTED_RECORDINGS = Metric(
    name="whisperfarm_redacted_recordings_total",
    type=MetricType.COUNTER,
    components=WORKER,
    labels=("outcome",),
    values={"outcome": RedactionOutcome},
    description=f"Redacted copies of recordings; `outcome` is {_one_of(RedactionOutcome)}.",
)
REDACTED_S = Metric(
    name="whisperfarm_redacted_seconds_total",
    type=MetricType.COUNTER,
    components=WORKER,
    description="Seconds that are masked in redacted copies of recordings.",
)
COMPARED_SPEAKERS = Metric(
    name="whisperfarm_compared_speakers_total",
    type=MetricType.COUNTER,
    components=WORKER,
    labels=("outcome",),
    values={"outcome": ComparisonOutcome},
    description=(
        "Speakers that were compared with enrolled voices; `outcome` is"
        f" {_one_of(ComparisonOutcome)}."
    ),
)
MODEL_CACHE = Metric(
    name="whisperfarm_model_cache_total",
    type=MetricType.COUNTER,
    components=WORKER,
    labels=("outcome",),
    values={"outcome": CacheOutcome},
    description="Requests for a model; `outcome` is hit if it was already loaded, otherwise miss.",
)
MODEL_LOAD_S = Metric(
    name="whisperfarm_model_load_seconds",
    type=MetricType.GAUGE,
    components=WORKER,
    labels=("model",),
    description="Duration of the last load of the model.",
)
STARTUP_S = Metric(
    name="whisperfarm_startup_seconds",
    type=MetricType.GAUGE,
    components=WORKER,
    labels=("phase",),
    description="Duration of the start; `phase` is imports, models or ready (the whole start).",
)
IN_FLIGHT = Metric(
    name="whisperfarm_jobs_in_flight",
    type=MetricType.GAUGE_CALLBACK,
    components=WORKER,
    description="Jobs that the worker holds.",
)

# From `whisperfarm watch`.

WATCH_ENDED = Metric(
    name="whisperfarm_watch_recordings_total",
    type=MetricType.COUNTER,
    components=WATCH,
    labels=("outcome",),
    values={"outcome": WatchOutcome},
    description=(
        f"Recordings whose transcription ended; `outcome` is {_one_of(WatchOutcome)}. After a retry"
        " the recording is submitted again, because the farm or the folder was the reason."
    ),
)
WATCH_WAITING = Metric(
    name="whisperfarm_watch_waiting",
    type=MetricType.GAUGE,
    components=WATCH,
    description="Recordings in the intake folder that are not finished, those being written too.",
)
WATCH_SIPREC = Metric(
    name="whisperfarm_watch_siprec_submissions_total",
    type=MetricType.COUNTER,
    components=WATCH,
    labels=("outcome",),
    values={"outcome": SiprecOutcome},
    description=(
        "Calls that were submitted to SIPREC's API once they were transcribed; `outcome` is"
        f" {_one_of(SiprecOutcome)}."
    ),
)
WATCH_FOLDER_UP = Metric(
    name="whisperfarm_watch_folder_up",
    type=MetricType.GAUGE,
    components=WATCH,
    labels=("folder",),
    description="1 if the folder is available, otherwise 0; `folder` is intake or output.",
)

# Names of earlier deployments.

WHISPERX_DURATION = Metric(
    name="whisperx_processing_duration_seconds",
    type=MetricType.HISTOGRAM,
    components=WORKER,
    labels=("engine", "quality_tier"),
    buckets=_STAGE_S,
    description="Time in all stages, for attempts with a transcript; `quality_tier` is the preset.",
)
WHISPERX_TOTAL = Metric(
    name="whisperx_processing_total",
    type=MetricType.COUNTER,
    components=WORKER,
    labels=("engine", "status"),
    values={"status": Status},
    description=f"Attempts after which the job ended; `status` is {_one_of(Status)}.",
)
WHISPERX_GPU = Metric(
    name="whisperx_gpu_memory_bytes",
    type=MetricType.GAUGE_CALLBACK,
    components=WORKER,
    description="Memory in use on the worker's GPU, by all processes. Absent on a CPU.",
)

METRICS = tuple(value for value in list(globals().values()) if isinstance(value, Metric))
"""All metrics, in the order of this file."""
