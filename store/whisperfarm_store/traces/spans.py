"""Spans, and ids derived from a job's id.

The trace's id is the job's id: both have 128 bits. The ids of parent spans are derived from it, so
processes that do not communicate contribute to the same trace.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from uuid import UUID

SpanKind = Literal["internal", "server", "client"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A finished span. Times are seconds since 1970. The job's span has no parent."""

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
    """Return the id of the job's trace, or `None` if `job_id` is not a valid id."""
    try:
        return UUID(job_id).int or None
    except ValueError:
        return None


def job_span(trace_id: int) -> int:
    """Return the id of the job's span."""
    return _derived_id(f"{trace_id}")


def attempt_span(trace_id: int, attempt: int) -> int:
    """Return the id of the attempt's span."""
    return _derived_id(f"{trace_id}/{attempt}")


def _derived_id(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:8]) or 1  # 0 is not a valid id
