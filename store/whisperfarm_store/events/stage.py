"""The stages of an attempt."""

from logging import DEBUG

from whisperfarm_store.events.event import ATTEMPT, WORKER, event


@event(DEBUG, WORKER, bound=ATTEMPT)
def ended(*, stage: str, took_s: float, error: str | None) -> None:
    """The stage is over; `error` is the kind of error if it failed."""
