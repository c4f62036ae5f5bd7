"""Time spans as text, for warnings."""

from collections.abc import Sequence
from typing import Protocol

_MAX_TIMES = 5


class Span(Protocol):
    """Anything with a start and an end in seconds."""

    @property
    def start(self) -> float: ...

    @property
    def end(self) -> float: ...


def list_times(spans: Sequence[Span]) -> str:
    """Return the times of the spans as text; of many, the first and the number of the others."""
    times = [f"{span.start:.1f} to {span.end:.1f} s" for span in spans[:_MAX_TIMES]]
    more = len(spans) - len(times)
    return ", ".join(times) + (f" and {more} more" if more else "")
