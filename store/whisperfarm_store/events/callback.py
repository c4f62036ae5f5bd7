"""A callback to a caller's address or queue."""

from logging import ERROR, INFO, WARNING

from whisperfarm_store.events.event import DISPATCHER, event


@event(INFO, DISPATCHER)
def delivered(
    *,
    callback: str,
    job: str,
    event_type: str,
    endpoint: str,
    tries: int,
    status: int | None,
    took_s: float,
) -> None:
    """The endpoint took the callback. `status` is that of HTTP; `tries` counts this one."""


@event(INFO, DISPATCHER)
def failed(
    *,
    callback: str,
    job: str,
    event_type: str,
    endpoint: str,
    tries: int,
    status: int | None,
    took_s: float,
    error: str,
    retry_in_s: float | None,
) -> None:
    """The endpoint did not take the callback. Without `retry_in_s`, it is not tried again."""


@event(WARNING, DISPATCHER)
def record_failed(*, callback: str, job: str, error: str) -> None:
    """The ledger did not record a try; the callback is sent again, under the same id."""


@event(ERROR, DISPATCHER, traceback=True)
def error(*, callback: str, job: str) -> None:
    """An unexpected error while a callback was sent or recorded; it is tried again."""
