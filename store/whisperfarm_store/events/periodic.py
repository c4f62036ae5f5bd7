"""Tasks that run again and again."""

from logging import ERROR, INFO, WARNING

from whisperfarm_store.events.event import BOTH, event


@event(WARNING, BOTH)
def failed(*, task: str, error: str) -> None:
    """A run failed; the next one follows after a pause. If that fails in the same way, it is not
    logged."""


@event(ERROR, BOTH, traceback=True)
def error(*, task: str) -> None:
    """A run failed with an unexpected error; the next one follows after a pause. If that fails in
    the same way, it is not logged."""


@event(INFO, BOTH)
def recovered(*, task: str) -> None:
    """A run succeeded after others had failed."""


@event(WARNING, BOTH)
def stop_timed_out(*, task: str) -> None:
    """A run did not end in time when the process stopped, and was left."""
