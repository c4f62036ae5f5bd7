"""Events about a job become spans of one trace."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from whisperfarm_store import events
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.traces.events import TRACED, traces_processor
from whisperfarm_store.traces.spans import Span, attempt_span, job_span

JOB = "01a1fe8e-60ba-7981-9c3e-5a2d1f0b7c64"
TRACE = 0x01A1FE8E60BA79819C3E5A2D1F0B7C64
ROOT = job_span(TRACE)
AT = {"job": JOB, "attempt": 2}
P = {"preset": "demo"}
BEGUN = {**AT, **P, "lane": "live", "waited_s": None, "objective_s": 10.0}
ENDED = {"job": JOB, **P, "tenant": "acme", "state": "succeeded", "attempt": 2, "problem": None,
         "after_s": 9.0}  # fmt: skip
ANSWERED = {"job": JOB, "method": "POST", "route": "/v1/jobs", "path": "/v1/jobs", "status": 202,
            "took_ms": 250.0}  # fmt: skip
TRIED = {"job": JOB, "endpoint": "calls.example", "tries": 1, "status": 204, "took_s": 0.5}
STAGE = {**AT, "stage": "align", "took_s": 3.0, "error": None}


class Traced:
    """Records spans, at times that the test sets."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.now_s = 1000.0
        ids = itertools.count(1)
        self.trace = traces_processor(
            self.spans.append, clock=lambda: self.now_s, new_id=lambda: next(ids)
        )

    def of(self, event: str, fields: dict[str, Any]) -> list[Span]:
        before = len(self.spans)
        assert self.trace(None, "info", {"event": event, **fields}) == {"event": event, **fields}
        return self.spans[before:]


@pytest.fixture
def traced() -> Traced:
    return Traced()


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


Case = tuple[str, dict[str, Any], str, tuple[int, int | None], float, dict[str, Any], bool]

CASES: list[Case] = [
    ("job.ended", ENDED, "job", (ROOT, None), 9.0, {"tenant": "acme", "preset": "demo",
     "state": "succeeded", "attempt": 2}, False),
    ("job.ended", {**ENDED, "state": "failed", "problem": "deadline-exceeded"}, "job", (ROOT, None),
     9.0, {"tenant": "acme", "preset": "demo", "state": "failed", "attempt": 2,
     "problem": "deadline-exceeded"}, True),
    ("http.responded", ANSWERED, "POST /v1/jobs", (1, ROOT), 0.25, {"status": 202}, False),
    ("http.responded", {**ANSWERED, "status": 503, "problem": "farm-unavailable"}, "POST /v1/jobs",
     (1, ROOT), 0.25, {"status": 503, "problem": "farm-unavailable"}, True),
    ("callback.delivered", TRIED, "callback", (1, ROOT), 0.5, {"status": 204, "tries": 1}, False),
    ("callback.failed", {**TRIED, "status": None, "error": "refused by calls.example"}, "callback",
     (1, ROOT), 0.5, {"tries": 1}, True),
    ("attempt.started", {**BEGUN, "waited_s": 4.0}, "queued", (1, ROOT), 4.0, P, False),
    ("stage.ended", STAGE, "align", (1, attempt_span(TRACE, 2)), 3.0, {"attempt": 2}, False),
    ("stage.ended", {**STAGE, "error": "EngineFailed"}, "align", (1, attempt_span(TRACE, 2)), 3.0,
     {"attempt": 2, "error": "EngineFailed"}, True),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_event_becomes_a_span_that_ends_now(traced: Traced, case: Case) -> None:
    event, fields, name, ids, took_s, shown, failed = case
    [span] = traced.of(event, fields)
    assert (span.trace_id, span.span_id, span.parent_id, span.name) == (TRACE, *ids, name)
    assert (span.start_s, span.end_s, span.failed) == (1000.0 - took_s, 1000.0, failed)
    assert span.attributes == {f"whisperfarm.{one}": value for one, value in shown.items()}


OUTCOMES = [
    ("attempt.ended", "succeeded", "succeeded", False),
    ("attempt.ended", "snoozed", "snoozed", False),
    ("attempt.ended", "failed", "failed", True),
    ("attempt.ended", "retried", "retried", True),
    ("attempt.stale", "succeeded", "stale", True),
    ("attempt.settle_failed", "succeeded", "settle_failed", True),
    ("attempt.requeued", None, "requeued", False),
]


@pytest.mark.parametrize(("event", "said", "outcome", "failed"), OUTCOMES)
def test_attempt_span_covers_start_to_end(
    traced: Traced, event: str, said: str | None, outcome: str, failed: bool
) -> None:
    assert traced.of("attempt.started", BEGUN) == []
    traced.now_s += 7.0
    [span] = traced.of(event, {**AT, **P, **({"outcome": said} if said else {})})
    assert (span.span_id, span.parent_id) == (attempt_span(TRACE, 2), ROOT)
    assert (span.start_s, span.end_s, span.failed) == (1000.0, 1007.0, failed)
    shown = {**P, "attempt": 2, "outcome": outcome}
    assert span.attributes == {f"whisperfarm.{one}": value for one, value in shown.items()}


def test_every_traced_event_has_a_case() -> None:
    assert {one[0] for one in (*CASES, *OUTCOMES)} == {event.name for event in TRACED}


def test_requeued_attempt_has_one_span(traced: Traced) -> None:
    traced.of("attempt.started", BEGUN)
    assert len(traced.of("attempt.requeued", {**AT, **P})) == 1
    assert traced.of("attempt.stale", {**AT, **P, "outcome": "succeeded"}) == []


def test_concurrent_attempts_have_separate_spans(traced: Traced) -> None:
    other = {**BEGUN, "job": JOB.replace("01a1", "01a2")}
    for fields in (BEGUN, other, {**BEGUN, "attempt": 3}):
        traced.of("attempt.started", fields)
        traced.now_s += 1.0
    start_s = [
        traced.of("attempt.ended", {**fields, "outcome": "succeeded"})[0].start_s
        for fields in (BEGUN, other, {**BEGUN, "attempt": 3})
    ]
    assert start_s == [1000.0, 1001.0, 1002.0]


@pytest.mark.parametrize(
    "fields",
    [
        {**ANSWERED, "status": 404},
        {**ANSWERED, "status": 401},
        {**ANSWERED, "job": "no-id-of-ours"},
        {name: value for name, value in ANSWERED.items() if name != "job"},
    ],
)
def test_unauthenticated_request_has_no_span(traced: Traced, fields: dict[str, Any]) -> None:
    assert traced.of("http.responded", fields) == []


def test_job_from_the_log_context_is_traced(
    traced: Traced,
) -> None:
    configure_logs("warning", "json", component="worker", processors=[traced.trace])
    with bound_contextvars(job=JOB, attempt=2):
        events.stage.ended.log(stage="fetch", took_s=0.1, error=None)
    assert [(one.name, one.trace_id) for one in traced.spans] == [("fetch", TRACE)]


def test_event_that_cannot_be_traced_is_logged_with_the_error(traced: Traced) -> None:
    event = {"event": "job.ended", "job": JOB}
    assert traced.trace(None, "info", event) == {**event, "not_traced": "KeyError('after_s')"}
