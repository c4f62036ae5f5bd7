"""The dispatcher's process."""

from collections.abc import Sequence
from logging import INFO, WARNING

from whisperfarm_store.events.event import DISPATCHER, event


@event(INFO, DISPATCHER)
def listening(*, host: str, port: int, presets: Sequence[str]) -> None:
    """The HTTP API accepts connections."""


@event(WARNING, DISPATCHER)
def keys_missing(*, host: str, message: str) -> None:
    """No keys are set: only this machine can use the farm. `whisperfarm keys create` makes one."""


@event(WARNING, DISPATCHER)
def readiness_failed(*, error: str) -> None:
    """The ledger did not answer a readiness check."""


@event(WARNING, DISPATCHER)
def connections_limited(
    *, open_connections: int, max_connections: int, max_per_address: int
) -> None:
    """Connections reached a limit, so that idle or new ones are closed. Logged once a minute."""


@event(WARNING, DISPATCHER)
def descriptors_exhausted(*, error: str) -> None:
    """The process has no descriptor for another connection. Logged once a minute."""


@event(INFO, DISPATCHER)
def stopping(*, grace_s: float) -> None:
    """The dispatcher stops; requests in progress have `grace_s` seconds."""


@event(WARNING, DISPATCHER)
def exit_forced(*, within_s: float) -> None:
    """The dispatcher exits although it is not done with stopping: a call still waits, as for a
    ledger that does not answer. Accepted jobs are safe; requests in progress get no response."""
