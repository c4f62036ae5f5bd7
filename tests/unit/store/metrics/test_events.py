"""Events of the code become metrics."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from whisperfarm_contract.outcomes import AttemptOutcome
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.metrics import Meters, begin, counting
from whisperfarm_store.metrics.events import EVENTS

P = {"preset": "demo"}
OF = {"preset": "demo", "tenant": "acme"}
ACCEPTED = {**OF, "door": "http"}
TRIED = {"error": None, "again_in_s": None}
ENDED = {**OF, "state": "succeeded", "problem": None}
ANSWERED = {"route": "/v1/jobs", "status": 202, "took_ms": 30.0}
MADE = {**P, "engine": "whisperx", "audio_s": 10.0, "took_s": 4.0, "stage_s": {"align": 4.0}}

CASES = [
    ("job.accepted", {**ACCEPTED, "asked_again": False}, "whisperfarm_jobs_accepted_total",
     ACCEPTED, 1),
    ("job.accepted", {**ACCEPTED, "asked_again": True}, "whisperfarm_jobs_accepted_total",
     ACCEPTED, None),
    ("job.ended", ENDED, "whisperfarm_jobs_ended_total", {**OF, "state": "succeeded"}, 1),
    ("job.ended", {**ENDED, "state": "failed", "problem": "deadline-passed"},
     "whisperfarm_jobs_failed_total", {**P, "problem": "deadline-passed"}, 1),
    ("job.rescued", {}, "whisperfarm_rescues_total", {}, 1),
    ("http.answered", ANSWERED, "whisperfarm_http_requests_total",
     {"route": "/v1/jobs", "status": "202"}, 1),
    ("http.answered", ANSWERED, "whisperfarm_http_request_seconds_sum",
     {"route": "/v1/jobs"}, 0.03),
    ("http.answered", {**ANSWERED, "problem": "key-wrong"}, "whisperfarm_refused_total",
     {"problem": "key-wrong"}, 1),
    ("message.refused", {"problem": "bad-request"}, "whisperfarm_refused_total",
     {"problem": "bad-request"}, 1),
    ("callback.tried", TRIED, "whisperfarm_callbacks_total", {"outcome": "delivered"}, 1),
    ("callback.tried", {"error": "no", "again_in_s": 5.0}, "whisperfarm_callbacks_total",
     {"outcome": "again"}, 1),
    ("callback.tried", {"error": "no", "again_in_s": None}, "whisperfarm_callbacks_total",
     {"outcome": "given_up"}, 1),
    ("attempt.begun", {**P, "waited_s": 2.5}, "whisperfarm_job_wait_seconds_sum", P, 2.5),
    ("attempt.begun", {**P, "waited_s": None}, "whisperfarm_job_wait_seconds_count", P, None),
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
    ("attempt.too_late", {**P, "outcome": "succeeded"}, "whisperfarm_attempts_total",
     {**P, "outcome": "stale"}, 1),
    ("attempt.not_settled", {**P, "outcome": "succeeded"}, "whisperfarm_attempts_total",
     {**P, "outcome": "settle_failed"}, 1),
    ("attempt.given_back", P, "whisperfarm_attempts_total", {**P, "outcome": "requeued"}, 1),
    ("batch.decoded", {"windows": 4, "most": 16}, "whisperfarm_batch_fill_ratio_sum", {}, 0.25),
    ("cache.hit", {}, "whisperfarm_result_cache_total", {"outcome": "hit"}, 1),
    ("cache.miss", {}, "whisperfarm_result_cache_total", {"outcome": "miss"}, 1),
    ("model.at_hand", {}, "whisperfarm_model_cache_total", {"outcome": "hit"}, 1),
    ("Model loaded successfully", {"model": "m", "seconds": 3.0}, "whisperfarm_model_cache_total",
     {"outcome": "miss"}, 1),
    ("Model loaded successfully", {"model": "m", "seconds": 3.0}, "whisperfarm_model_load_seconds",
     {"model": "m"}, 3),
    ("engine.imported", {"seconds": 5.0}, "whisperfarm_startup_seconds", {"phase": "imports"}, 5),
    ("models.loaded", {"seconds": 6.0}, "whisperfarm_startup_seconds", {"phase": "models"}, 6),
    ("worker.ready", {"seconds": 9.0}, "whisperfarm_startup_seconds", {"phase": "ready"}, 9),
    ("worker.ready", {"seconds": None}, "whisperfarm_startup_seconds", {"phase": "ready"}, None),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_every_event_that_counts_is_tried_here() -> None:
    assert {case[0] for case in CASES} == set(EVENTS)


@pytest.mark.parametrize(("event", "fields", "metric", "labels", "value"), CASES)
def test_an_event_counts(
    event: str,
    fields: dict[str, object],
    metric: str,
    labels: dict[str, str],
    value: float | None,
) -> None:
    seen = []
    for part in ("dispatcher", "worker"):
        meters = Meters(part)
        told = counting(meters)(None, "info", {"event": event, **fields})
        assert told == {"event": event, **fields}
        seen.append(meters.registry.get_sample_value(metric, labels))
    assert value in seen
    assert set(seen) <= {value, None, 0.0}


def test_an_event_counts_also_where_its_line_is_not_written() -> None:
    stream, meters = io.StringIO(), Meters("worker")
    configure_logs("warning", "json", part="worker", stream=stream, watchers=[counting(meters)])
    structlog.get_logger().debug("cache.miss", job="j")
    assert stream.getvalue() == ""
    value = meters.registry.get_sample_value("whisperfarm_result_cache_total", {"outcome": "miss"})
    assert value == 1


def test_an_event_that_can_not_be_counted_is_written_all_the_same_and_says_so() -> None:
    stream = io.StringIO()
    watchers = [counting(Meters("worker"))]
    configure_logs("info", "json", part="worker", stream=stream, watchers=watchers)
    structlog.get_logger().info("attempt.ended", job="j")
    line = json.loads(stream.getvalue())
    assert (line["event"], line["not_counted"]) == ("attempt.ended", "KeyError('outcome')")


def test_what_alerts_watch_is_there_before_anything_happens() -> None:
    dispatcher, worker = Meters("dispatcher"), Meters("worker")
    for meters in (dispatcher, worker):
        begin(meters, presets=["demo"], tenants=["acme"])
    full = {"problem": "storage-full"}
    assert dispatcher.registry.get_sample_value("whisperfarm_refused_total", full) == 0
    assert worker.registry.get_sample_value("whisperfarm_refused_total", full) is None
    for outcome in AttemptOutcome:
        of = {"preset": "demo", "outcome": outcome.value}
        assert worker.registry.get_sample_value("whisperfarm_attempts_total", of) == 0
