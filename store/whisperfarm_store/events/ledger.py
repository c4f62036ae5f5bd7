"""The database of jobs."""

from logging import WARNING

from whisperfarm_store.events.event import ATTEMPT, BOTH, WORKER, event


@event(WARNING, BOTH)
def error(*, ledger: str, problem: str, error: str) -> None:
    """A statement failed. `problem` is what callers receive, `error` what the database said."""


@event(WARNING, WORKER, bound=ATTEMPT)
def unavailable(*, error: str, retry_in_s: float) -> None:
    """An attempt's end could not be written, and is written again."""
