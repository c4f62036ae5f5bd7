"""Creates spans from log events.

Only the attributes listed here are exported: no addresses, file names, transcripts or callers'
texts.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from structlog.contextvars import get_contextvars
from structlog.typing import EventDict, Processor, WrappedLogger

from whisperfarm_contract.outcomes import AttemptOutcome
from whisperfarm_contract.states import JobState
from whisperfarm_store import events
from whisperfarm_store.events import Event
from whisperfarm_store.traces.spans import Span, SpanKind, attempt_span, job_span, trace_id_of

Fields = Mapping[str, Any]

_UNRELATED = frozenset({401, 403, 404, 429})
"""Requests with these statuses may come from anyone, so they are not part of a job's trace."""


def traces_processor(
    export: Callable[[Span], None],
    *,
    clock: Callable[[], float] = time.time,
    new_id: Callable[[], int] = lambda: secrets.randbits(64) or 1,
) -> Processor:
    """Return the structlog processor that exports spans. If it fails, the line is still written.

    `clock` returns seconds since 1970, and `new_id` returns ids for spans without children.
    """
    tracer = _Tracer(clock, new_id)

    def trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        try:
            for span in tracer.spans(event):
                export(span)
        except Exception as error:
            return {**event, "not_traced": repr(error)}
        return event

    return trace


@dataclass(frozen=True, slots=True)
class _JobEvent:
    """A log event about a job, the trace of the job, and the time of the event."""

    trace_id: int
    now_s: float
    fields: Fields

    def span(
        self,
        name: str,
        took_s: float,
        *,
        span_id: int,
        parent_id: int | None,
        attribute_names: tuple[str, ...],
        failed: bool = False,
        kind: SpanKind = "internal",
    ) -> Span:
        """Return a span that ends at the event and took `took_s` seconds."""
        known = {
            key: self.fields[key] for key in attribute_names if self.fields.get(key) is not None
        }
        return Span(
            trace_id=self.trace_id,
            span_id=span_id,
            parent_id=parent_id,
            name=name,
            start_s=self.now_s - took_s,
            end_s=self.now_s,
            attributes={f"whisperfarm.{key}": value for key, value in known.items()},
            failed=failed,
            kind=kind,
        )

    @property
    def job_span(self) -> int:
        return job_span(self.trace_id)

    @property
    def attempt_span(self) -> int:
        return attempt_span(self.trace_id, self.fields["attempt"])


class _Tracer:
    """Creates spans from events. It keeps the start times of running attempts."""

    def __init__(self, clock: Callable[[], float], new_id: Callable[[], int]) -> None:
        self._clock = clock
        self._new_id = new_id
        self._start_s: dict[int, float] = {}

    def spans(self, event: Fields) -> Iterator[Span]:
        make = _BY_NAME.get(event["event"])
        if make is None:
            return
        fields = {**get_contextvars(), **event}
        trace_id = trace_id_of(fields.get("job", ""))
        if trace_id is not None:
            yield from make(self, _JobEvent(trace_id, self._clock(), fields))

    def job_ended(self, job_event: _JobEvent) -> Iterator[Span]:
        yield job_event.span(
            "job",
            job_event.fields["after_s"],
            span_id=job_event.job_span,
            parent_id=None,
            attribute_names=("tenant", "preset", "state", "attempt", "problem"),
            failed=job_event.fields["state"] == JobState.FAILED,
        )

    def http_responded(self, job_event: _JobEvent) -> Iterator[Span]:
        status = job_event.fields["status"]
        if status in _UNRELATED:
            return
        yield job_event.span(
            f"{job_event.fields['method']} {job_event.fields['route']}",
            job_event.fields["took_ms"] / 1000,
            span_id=self._new_id(),
            parent_id=job_event.job_span,
            attribute_names=("status", "problem"),
            failed=status >= _FIRST_ERROR_STATUS,
            kind="server",
        )

    def callback_attempted(self, job_event: _JobEvent) -> Iterator[Span]:
        yield job_event.span(
            "callback",
            job_event.fields["took_s"],
            span_id=self._new_id(),
            parent_id=job_event.job_span,
            attribute_names=("status", "tries"),
            failed=job_event.fields.get("error") is not None,
            kind="client",
        )

    def attempt_started(self, job_event: _JobEvent) -> Iterator[Span]:
        self._start_s[job_event.attempt_span] = job_event.now_s
        waited_s = job_event.fields["waited_s"]
        if waited_s is not None:
            yield job_event.span(
                "queued",
                waited_s,
                span_id=self._new_id(),
                parent_id=job_event.job_span,
                attribute_names=("preset",),
            )

    def stage_ended(self, job_event: _JobEvent) -> Iterator[Span]:
        yield job_event.span(
            job_event.fields["stage"],
            job_event.fields["took_s"],
            span_id=self._new_id(),
            parent_id=job_event.attempt_span,
            attribute_names=("attempt", "error"),
            failed=job_event.fields["error"] is not None,
        )

    def attempt_ended(self, job_event: _JobEvent) -> Iterator[Span]:
        yield from self._attempt(job_event, job_event.fields["outcome"])

    def attempt_stale(self, job_event: _JobEvent) -> Iterator[Span]:
        yield from self._attempt(job_event, AttemptOutcome.STALE)

    def attempt_settle_failed(self, job_event: _JobEvent) -> Iterator[Span]:
        yield from self._attempt(job_event, AttemptOutcome.SETTLE_FAILED)

    def attempt_requeued(self, job_event: _JobEvent) -> Iterator[Span]:
        yield from self._attempt(job_event, AttemptOutcome.REQUEUED)

    def _attempt(self, job_event: _JobEvent, outcome: str) -> Iterator[Span]:
        start_s = self._start_s.pop(job_event.attempt_span, None)
        if start_s is None:  # has a span already: the attempt was requeued and then stale
            return
        outcome_event = replace(job_event, fields={**job_event.fields, "outcome": str(outcome)})
        yield outcome_event.span(
            "attempt",
            job_event.now_s - start_s,
            span_id=job_event.attempt_span,
            parent_id=job_event.job_span,
            attribute_names=("preset", "attempt", "outcome", "problem"),
            failed=outcome in _FAILED_OUTCOMES,
        )


_FIRST_ERROR_STATUS = 500
"""Lowest HTTP status that reports an error of the farm."""

_FAILED_OUTCOMES = frozenset(
    {
        AttemptOutcome.FAILED,
        AttemptOutcome.RETRIED,
        AttemptOutcome.STALE,
        AttemptOutcome.SETTLE_FAILED,
    }
)

TRACED: Mapping[Event[Any], Callable[[_Tracer, _JobEvent], Iterator[Span]]] = MappingProxyType(
    {
        events.job.ended: _Tracer.job_ended,
        events.http.responded: _Tracer.http_responded,
        events.callback.delivered: _Tracer.callback_attempted,
        events.callback.failed: _Tracer.callback_attempted,
        events.attempt.started: _Tracer.attempt_started,
        events.stage.ended: _Tracer.stage_ended,
        events.attempt.ended: _Tracer.attempt_ended,
        events.attempt.stale: _Tracer.attempt_stale,
        events.attempt.settle_failed: _Tracer.attempt_settle_failed,
        events.attempt.requeued: _Tracer.attempt_requeued,
    }
)

_BY_NAME = {event.name: make for event, make in TRACED.items()}
