"""The deletion cost of a worker's pod."""

from logging import INFO, WARNING

from whisperfarm_store.events.event import WORKER, event


@event(WARNING, WORKER)
def update_failed(*, error: str) -> None:
    """The API server did not take the deletion cost, and why; logged once, and jobs go on."""


@event(INFO, WORKER)
def recovered(*, cost: int) -> None:
    """The API server takes the deletion cost again."""
