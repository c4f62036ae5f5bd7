"""The database of jobs."""

from logging import WARNING

from whisperfarm_store.events.event import BOTH, event


@event(WARNING, BOTH)
def error(*, ledger: str, problem: str, error: str) -> None:
    """A statement failed. `problem` is what callers receive, `error` what the database said."""
