"""The embedded broker."""

from logging import WARNING

from whisperfarm_store.events.event import WORKER, event


@event(WARNING, WORKER)
def message_discarded(*, message: str) -> None:
    """A message's file was not readable; the job is dispatched again."""
