"""Events are counted as metrics."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from whisperfarm_contract.outcomes import AttemptOutcome
from whisperfarm_store import events
from whisperfarm_store.events import Event
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.metrics import Metrics, initialize_labels, metrics_processor
from whisperfarm_store.metrics.definitions import METRICS
from whisperfarm_store.metrics.events import MEASURED

P = {"preset": "demo"}
OF = {"preset": "demo", "tenant": "acme"}
ACCEPTED = {**OF, "ingress": "http"}
FAILED = {"error": "no", "retry_in_s": 5.0}
ENDED = {**OF, "state": "succeeded", "problem": None}
ANSWERED = {"route": "/v1/jobs", "status": 202, "took_ms": 30.0}
LIVE = {**P, "lane": "live"}
STARTED = {**LIVE, "objective_s": 10.0}
MADE = {**P, "engine": "whisperx", "audio_s": 10.0, "took_s": 4.0, "stage_s": {"align": 4.0}}

CASES = [
    ("job.accepted", {**ACCEPTED, "is_duplicate": False}, "whisperfarm_jobs_accepted_total",
     ACCEPTED, 1),
    ("job.accepted", {**ACCEPTED, "is_duplicate": True}, "whisperfarm_jobs_accepted_total",
     ACCEPTED, None),
    ("job.ended", ENDED, "whisperfarm_jobs_ended_total", {**OF, "state": "succeeded"}, 1),
    ("job.ended", {**ENDED, "state": "failed", "problem": "deadline-exceeded"},
     "whisperfarm_jobs_failed_total", {**P, "problem": "deadline-exceeded"}, 1),
    ("job.rescued", {}, "whisperfarm_rescues_total", {}, 1),
    ("job.unpolled", P, "whisperfarm_jobs_unpolled_total", P, 1),
    ("http.responded", ANSWERED, "whisperfarm_http_requests_total",
     {"route": "/v1/jobs", "status": "202"}, 1),
    ("http.responded", ANSWERED, "whisperfarm_http_request_seconds_sum",
     {"route": "/v1/jobs"}, 0.03),
    ("http.responded", {**ANSWERED, "problem": "invalid-api-key"}, "whisperfarm_refused_total",
     {"problem": "invalid-api-key"}, 1),
    ("http.probed", ANSWERED, "whisperfarm_http_requests_total",
     {"route": "/v1/jobs", "status": "202"}, 1),
    ("access.refused", {"reason": "expired"}, "whisperfarm_access_refused_total",
     {"reason": "expired"}, 1),
    ("tls.handshake_refused", {"reason": "expired"}, "whisperfarm_tls_refused_total",
     {"reason": "expired"}, 1),
    ("tls.handshake_refused_again", {"reason": "expired"}, "whisperfarm_tls_refused_total",
     {"reason": "expired"}, 1),
    ("job.artifacts_deleted", {"artifact": "audio", "cause": "request"},
     "whisperfarm_artifacts_deleted_total", {"artifact": "audio", "cause": "request"}, 1),
    ("job.held", {}, "whisperfarm_holds_total", {"change": "set"}, 1),
    ("job.released", {}, "whisperfarm_holds_total", {"change": "lifted"}, 1),
    ("custody.appended", {"kind": "accepted"}, "whisperfarm_custody_entries_total",
     {"kind": "accepted"}, 1),
    ("revision.created", {"kind": "corrected"}, "whisperfarm_revisions_total",
     {"kind": "corrected"}, 1),
    ("forward.progressed", {"chunk_bytes": 4096}, "whisperfarm_forward_sent_bytes_total", {}, 4096),
    ("message.rejected", {"problem": "client-error"}, "whisperfarm_refused_total",
     {"problem": "client-error"}, 1),
    ("callback.delivered", {}, "whisperfarm_callbacks_total", {"outcome": "delivered"}, 1),
    ("callback.failed", FAILED, "whisperfarm_callbacks_total", {"outcome": "retried"}, 1),
    ("callback.failed", {**FAILED, "retry_in_s": None}, "whisperfarm_callbacks_total",
     {"outcome": "failed"}, 1),
    ("attempt.started", {**STARTED, "waited_s": 2.5}, "whisperfarm_job_wait_seconds_sum", LIVE,
     2.5),
    ("attempt.started", {**STARTED, "waited_s": None}, "whisperfarm_job_wait_seconds_count", LIVE,
     None),
    ("attempt.started", {**STARTED, "waited_s": 10.0}, "whisperfarm_jobs_late_total", LIVE, None),
    ("attempt.started", {**STARTED, "waited_s": 10.5}, "whisperfarm_jobs_late_total", LIVE, 1),
    ("device.called", {"took_s": 0.5}, "whisperfarm_device_call_seconds_sum", {}, 0.5),
    ("attempt.transcribed", MADE, "whisperfarm_stage_seconds_sum", {**P, "stage": "align"}, 4),
    ("attempt.transcribed", MADE, "whisperfarm_real_time_factor_sum", P, 0.4),
    ("attempt.transcribed", {**MADE, "audio_s": 0.0}, "whisperfarm_real_time_factor_sum", P, None),
    ("attempt.transcribed", MADE, "whisperx_processing_duration_seconds_sum",
     {"engine": "whisperx", "quality_tier": "demo"}, 4),
    ("attempt.ended", {**P, "outcome": "retried"}, "whisperfarm_attempts_total",
     {**P, "outcome": "retried"}, 1),
    ("attempt.ended", {**P, "outcome": "succeeded"}, "whisperx_processing_total",
     {"engine": "whisperx", "status": "success"}, 1),
    ("attempt.ended", {**P, "outcome": "failed"}, "whisperx_processing_total",
     {"engine": "whisperx", "status": "error"}, 1),
    ("attempt.ended", {**P, "outcome": "retried"}, "whisperx_processing_total",
     {"engine": "whisperx", "status": "error"}, None),
    ("attempt.stale", {**P, "outcome": "succeeded"}, "whisperfarm_attempts_total",
     {**P, "outcome": "stale"}, 1),
    ("attempt.settle_failed", {**P, "outcome": "succeeded"}, "whisperfarm_attempts_total",
     {**P, "outcome": "settle_failed"}, 1),
    ("attempt.requeued", P, "whisperfarm_attempts_total", {**P, "outcome": "requeued"}, 1),
    ("batch.started", {"windows": 4, "max_windows": 16}, "whisperfarm_batch_fill_ratio_sum", {},
     0.25),
    ("cache.hit", {}, "whisperfarm_result_cache_total", {"outcome": "hit"}, 1),
    ("cache.miss", {}, "whisperfarm_result_cache_total", {"outcome": "miss"}, 1),
    ("cache.read_failed", {}, "whisperfarm_result_cache_total", {"outcome": "miss"}, 1),
    ("redaction.recording_made", {"masked_s": 2.5}, "whisperfarm_redacted_recordings_total",
     {"outcome": "made"}, 1),
    ("redaction.recording_made", {"masked_s": 2.5}, "whisperfarm_redacted_seconds_total", {}, 2.5),
    ("redaction.recording_failed", {}, "whisperfarm_redacted_recordings_total",
     {"outcome": "failed"}, 1),
    ("speaker.compared", {"named": 2, "unnamed": 1}, "whisperfarm_compared_speakers_total",
     {"outcome": "named"}, 2),
    ("model.cached", {}, "whisperfarm_model_cache_total", {"outcome": "hit"}, 1),
    ("Model loaded successfully", {"model": "m", "took_s": 3.0}, "whisperfarm_model_cache_total",
     {"outcome": "miss"}, 1),
    ("Model loaded successfully", {"model": "m", "took_s": 3.0}, "whisperfarm_model_load_seconds",
     {"model": "m"}, 3),
    ("engine.imported", {"took_s": 5.0}, "whisperfarm_startup_seconds", {"phase": "imports"}, 5),
    ("worker.models_loaded", {"took_s": 6.0}, "whisperfarm_startup_seconds", {"phase": "models"},
     6),
    ("worker.ready", {"took_s": 9.0}, "whisperfarm_startup_seconds", {"phase": "ready"}, 9),
    ("worker.ready", {"took_s": None}, "whisperfarm_startup_seconds", {"phase": "ready"}, None),
]  # fmt: skip


DECLARED: dict[str, Event[Any]] = {event.name: event for event in events.CATALOGUE}


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_cases_cover_every_event_that_counts() -> None:
    assert {case[0] for case in CASES} == {event.name for event in MEASURED}


@pytest.mark.parametrize("case", CASES)
def test_cases_have_declared_fields_and_known_label_values(case: tuple[Any, ...]) -> None:
    name, fields, metric, labels, _ = case
    assert set(fields) <= set(DECLARED[name].fields)
    known = next((one.values for one in METRICS if one.name == metric), {})
    assert all(labels[label] in tuple(known[label]) for label in labels.keys() & known.keys())


@pytest.mark.parametrize(("event", "fields", "metric", "labels", "value"), CASES)
def test_event_changes_its_metric(
    event: str,
    fields: dict[str, object],
    metric: str,
    labels: dict[str, str],
    value: float | None,
) -> None:
    seen = []
    for part in ("dispatcher", "worker"):
        metrics = Metrics(part)
        metrics.fix(engine="whisperx")
        received = metrics_processor(metrics)(None, "info", {"event": event, **fields})
        assert received == {"event": event, **fields}
        seen.append(metrics.registry.get_sample_value(metric, labels))
    assert value in seen
    assert set(seen) <= {value, None, 0.0}


def test_event_below_the_log_level_is_counted() -> None:
    stream, metrics = io.StringIO(), Metrics("worker")
    configure_logs(
        "warning",
        "json",
        component="worker",
        stream=stream,
        processors=[metrics_processor(metrics)],
    )
    events.cache.miss.log(job="j")
    assert stream.getvalue() == ""
    value = metrics.registry.get_sample_value("whisperfarm_result_cache_total", {"outcome": "miss"})
    assert value == 1


def test_event_that_cannot_be_counted_is_logged_with_the_error() -> None:
    stream = io.StringIO()
    processors = [metrics_processor(Metrics("worker"))]
    configure_logs("info", "json", component="worker", stream=stream, processors=processors)
    structlog.get_logger().info("attempt.ended", job="j")
    line = json.loads(stream.getvalue())
    assert (line["event"], line["not_counted"]) == ("attempt.ended", "KeyError('outcome')")


def test_alerted_counters_start_at_zero() -> None:
    dispatcher, worker = Metrics("dispatcher"), Metrics("worker")
    for metrics in (dispatcher, worker):
        initialize_labels(metrics, preset=["demo"], tenant=["acme"])
    full = {"problem": "storage-full"}
    assert dispatcher.registry.get_sample_value("whisperfarm_refused_total", full) == 0
    assert worker.registry.get_sample_value("whisperfarm_refused_total", full) is None
    for outcome in AttemptOutcome:
        of = {"preset": "demo", "outcome": outcome}
        assert worker.registry.get_sample_value("whisperfarm_attempts_total", of) == 0
