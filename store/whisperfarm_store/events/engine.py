"""The engine of a worker."""

from logging import INFO

from whisperfarm_store.events.event import WORKER, event


@event(INFO, WORKER)
def imported(*, took_s: float) -> None:
    """The engine's libraries are imported."""
