"""Batches of windows for the speech model."""

from logging import DEBUG, ERROR, WARNING

from whisperfarm_store.events.event import WORKER, event


@event(DEBUG, WORKER)
def started(*, windows: int, max_windows: int) -> None:
    """The speech model receives this many windows; `max_windows` is the batch size."""


@event(WARNING, WORKER)
def out_of_memory(*, windows: int, max_windows: int) -> None:
    """The device has too little memory: the batch size is `max_windows` from now on."""


@event(ERROR, WORKER)
def failed(*, windows: int, error: str) -> None:
    """The speech model failed, and with it the jobs whose windows were in the batch."""
