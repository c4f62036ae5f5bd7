"""Notifications that a job has ended."""

from logging import INFO, WARNING

from whisperfarm_store.events.event import BOTH, DISPATCHER, event


@event(INFO, DISPATCHER)
def subscribed() -> None:
    """Redis notifies this process of jobs that end."""


@event(WARNING, DISPATCHER)
def redis_unavailable(*, error: str, retry_in_s: float) -> None:
    """The subscription ended; the ledger is polled until Redis answers."""


@event(WARNING, DISPATCHER)
def ledger_unavailable(*, error: str) -> None:
    """The ledger could not be polled for jobs that ended, and is polled again."""


@event(WARNING, BOTH)
def publish_failed(*, job: str, error: str) -> None:
    """Redis did not take the notification: callers learn of the job's end from the ledger."""
