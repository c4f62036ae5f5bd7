"""The dispatcher's process."""

from collections.abc import Sequence
from logging import INFO, WARNING

from whisperfarm_store.events.event import DISPATCHER, event


@event(INFO, DISPATCHER)
def listening(*, host: str, port: int, presets: Sequence[str]) -> None:
    """The HTTP API accepts connections."""


@event(WARNING, DISPATCHER)
def keys_missing(*, host: str) -> None:
    """No API keys are set: the dispatcher serves this machine only."""


@event(WARNING, DISPATCHER)
def readiness_failed(*, error: str) -> None:
    """The ledger did not answer a readiness check."""


@event(INFO, DISPATCHER)
def stopping(*, grace_s: float) -> None:
    """The dispatcher stops; requests in progress have `grace_s` seconds."""
