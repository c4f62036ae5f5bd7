"""The ledger and the blob store, as a worker reaches them."""

from logging import INFO, WARNING

from whisperfarm_store.events.event import WORKER, event


@event(WARNING, WORKER)
def unavailable(*, dependency: str, reason: str) -> None:
    """The worker does not reach `dependency`, ledger or blobs, and takes no jobs until it does."""


@event(INFO, WORKER)
def available(*, dependency: str) -> None:
    """The worker reaches the dependency again."""
