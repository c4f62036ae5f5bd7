"""The database of jobs."""

from logging import INFO, WARNING

from whisperfarm_store.events.event import BOTH, event


@event(WARNING, BOTH)
def error(*, ledger: str, problem: str, error: str) -> None:
    """A statement failed. `problem` is what callers receive, `error` what the database said.
    While the ledger is unavailable, only the first failure is logged."""


@event(INFO, BOTH)
def available(*, ledger: str) -> None:
    """A statement succeeded: the ledger is available again."""
