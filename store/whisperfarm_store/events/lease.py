"""The leases that a worker holds."""

from logging import WARNING

from whisperfarm_store.events.event import WORKER, event


@event(WARNING, WORKER)
def renew_failed(*, job: str, error: str) -> None:
    """The lease could not be renewed although the ledger is available, and is renewed again."""


@event(WARNING, WORKER)
def expired_locally(*, job: str, attempt: int) -> None:
    """The ledger has not answered for a whole lease: the worker stops the attempt."""


@event(WARNING, WORKER)
def lost(*, job: str, attempt: int) -> None:
    """The ledger says that the attempt is over: the worker stops it."""


@event(WARNING, WORKER)
def poll_failed(*, error: str) -> None:
    """The ledger failed to say whether jobs were cancelled, and is asked again."""
