"""A stretch of a job's life, and the ids that it has.

A job's id is a UUID and so as long as a trace's id: it is the trace's id. What other spans hang on
has an id that follows from the job's. So parts that never speak to each other make one trace.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from uuid import UUID

SpanKind = Literal["internal", "server", "client"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One span that is over. Times are seconds since 1970; the job itself has no parent."""

    trace_id: int
    span_id: int
    parent_id: int | None
    name: str
    start_s: float
    end_s: float
    attributes: Mapping[str, str | int]
    failed: bool = False
    kind: SpanKind = "internal"


def trace_id_of(job_id: str) -> int | None:
    """The trace of a job; none of what is no job's id."""
    try:
        return UUID(job_id).int or None
    except ValueError:
        return None


def job_span(trace_id: int) -> int:
    """The span that is the job itself."""
    return _derived_id(f"{trace_id}")


def attempt_span(trace_id: int, attempt: int) -> int:
    """The span of an attempt."""
    return _derived_id(f"{trace_id}/{attempt}")


def _derived_id(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:8]) or 1  # 0 is no id
