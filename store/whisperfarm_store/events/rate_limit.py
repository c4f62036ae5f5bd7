"""The count of each tenant's requests."""

from logging import WARNING

from whisperfarm_store.events.event import DISPATCHER, event


@event(WARNING, DISPATCHER)
def store_unavailable(*, error: str) -> None:
    """Redis does not count requests, and none is limited until it does; logged once."""
