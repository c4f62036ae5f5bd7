"""The command `whisperfarm`. With the log format `text` it prints these lines without a time."""

from logging import ERROR, INFO

from whisperfarm_store.events.event import FARM, event


@event(INFO, FARM)
def reported(*, message: str) -> None:
    """`whisperfarm up` reports a start, an end, a restart or the readiness of its parts."""


@event(ERROR, FARM)
def failed(*, problem: str, detail: str) -> None:
    """The command ended with this problem, which determines its exit code."""
