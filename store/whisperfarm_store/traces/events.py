"""Which events become spans: the parts log what happens, and here it becomes traces.

Attributes are taken by name from those that are listed here: no address, file name, word of a
transcript or caller's text is among them.
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
from whisperfarm_store.traces.spans import Kind, Span, attempt_span, job_span, trace_of

Fields = Mapping[str, Any]

_TOLD_NOTHING = frozenset({401, 403, 404, 429})
"""Whoever is answered so may be anybody: that is no part of a job's life."""


def tracing(
    tell: Callable[[Span], None],
    *,
    clock: Callable[[], float] = time.time,
    new_id: Callable[[], int] = lambda: secrets.randbits(64) or 1,
) -> Processor:
    """The step of logging that tells of spans. No fault in it keeps a line from being written.

    `clock` gives seconds since 1970, `new_id` the id of a span that nothing hangs on.
    """
    tracer = _Tracer(clock, new_id)

    def trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        try:
            for span in tracer.spans(event):
                tell(span)
        except Exception as error:
            return {**event, "not_traced": repr(error)}
        return event

    return trace


@dataclass(frozen=True, slots=True)
class _Moment:
    """An event about a job: the job's trace, when it came, its fields."""

    trace_id: int
    now_s: float
    about: Fields

    def span(
        self,
        name: str,
        took_s: float,
        *,
        span_id: int,
        parent_id: int | None,
        shown: tuple[str, ...],
        failed: bool = False,
        kind: Kind = "internal",
    ) -> Span:
        """A span that ends now."""
        known = {one: self.about[one] for one in shown if self.about.get(one) is not None}
        return Span(
            trace_id=self.trace_id,
            span_id=span_id,
            parent_id=parent_id,
            name=name,
            begun_s=self.now_s - took_s,
            ended_s=self.now_s,
            attributes={f"whisperfarm.{one}": value for one, value in known.items()},
            failed=failed,
            kind=kind,
        )

    @property
    def job_span(self) -> int:
        return job_span(self.trace_id)

    @property
    def attempt_span(self) -> int:
        return attempt_span(self.trace_id, self.about["attempt"])


class _Tracer:
    """Makes spans of events. It keeps the beginnings of attempts that are under way."""

    def __init__(self, clock: Callable[[], float], new_id: Callable[[], int]) -> None:
        self._clock = clock
        self._new_id = new_id
        self._begun_s: dict[int, float] = {}

    def spans(self, event: Fields) -> Iterator[Span]:
        make = EVENTS.get(event["event"])
        if make is None:
            return
        about = {**get_contextvars(), **event}
        trace_id = trace_of(about.get("job", ""))
        if trace_id is not None:
            yield from make(self, _Moment(trace_id, self._clock(), about))

    def job_ended(self, at: _Moment) -> Iterator[Span]:
        yield at.span(
            "job",
            at.about["after_s"],
            span_id=at.job_span,
            parent_id=None,
            shown=("tenant", "preset", "state", "attempt", "problem"),
            failed=at.about["state"] == "failed",
        )

    def answered(self, at: _Moment) -> Iterator[Span]:
        status = at.about["status"]
        if status in _TOLD_NOTHING:
            return
        yield at.span(
            f"{at.about['method']} {at.about['route']}",
            at.about["took_ms"] / 1000,
            span_id=self._new_id(),
            parent_id=at.job_span,
            shown=("status", "problem"),
            failed=status >= _FAULTS,
            kind="server",
        )

    def called_back(self, at: _Moment) -> Iterator[Span]:
        yield at.span(
            "callback",
            at.about["took_s"],
            span_id=self._new_id(),
            parent_id=at.job_span,
            shown=("status", "tries"),
            failed=at.about["error"] is not None,
            kind="client",
        )

    def attempt_begun(self, at: _Moment) -> Iterator[Span]:
        self._begun_s[at.attempt_span] = at.now_s
        waited_s = at.about["waited_s"]
        if waited_s is not None:
            yield at.span(
                "queued",
                waited_s,
                span_id=self._new_id(),
                parent_id=at.job_span,
                shown=("preset",),
            )

    def stage_ended(self, at: _Moment) -> Iterator[Span]:
        yield at.span(
            at.about["stage"],
            at.about["took_s"],
            span_id=self._new_id(),
            parent_id=at.attempt_span,
            shown=("attempt", "error"),
            failed=at.about["error"] is not None,
        )

    def attempt_ended(self, at: _Moment) -> Iterator[Span]:
        begun_s = self._begun_s.pop(at.attempt_span, None)
        if begun_s is None:  # it was told of before: given back, and then too late
            return
        # What a lost attempt had come to is of no interest: it is lost.
        lost = _LOST.get(at.about["event"])
        outcome = at.about["outcome"] if lost is None else lost.value
        shown = replace(at, about={**at.about, "outcome": outcome})
        yield shown.span(
            "attempt",
            at.now_s - begun_s,
            span_id=at.attempt_span,
            parent_id=at.job_span,
            shown=("preset", "attempt", "outcome", "problem"),
            failed=outcome in _FAILED,
        )


_FAULTS = 500
"""From this status on an answer tells of a fault of the farm's own."""

_FAILED = frozenset(
    {
        AttemptOutcome.FAILED,
        AttemptOutcome.RETRIED,
        AttemptOutcome.STALE,
        AttemptOutcome.SETTLE_FAILED,
    }
)

_LOST: Mapping[str, AttemptOutcome] = MappingProxyType(
    {
        "attempt.too_late": AttemptOutcome.STALE,
        "attempt.not_settled": AttemptOutcome.SETTLE_FAILED,
        "attempt.given_back": AttemptOutcome.REQUEUED,
    }
)
"""The outcome of attempts that end otherwise than `attempt.ended` says."""

EVENTS: Mapping[str, Callable[[_Tracer, _Moment], Iterator[Span]]] = MappingProxyType(
    {
        "job.ended": _Tracer.job_ended,
        "http.answered": _Tracer.answered,
        "callback.tried": _Tracer.called_back,
        "attempt.begun": _Tracer.attempt_begun,
        "stage.ended": _Tracer.stage_ended,
        "attempt.ended": _Tracer.attempt_ended,
        "attempt.too_late": _Tracer.attempt_ended,
        "attempt.not_settled": _Tracer.attempt_ended,
        "attempt.given_back": _Tracer.attempt_ended,
    }
)
