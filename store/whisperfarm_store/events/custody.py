"""The chain of custody."""

from logging import DEBUG, ERROR, INFO, WARNING

from whisperfarm_store.events.event import BOTH, DISPATCHER, FARM, event


@event(DEBUG, BOTH)
def appended(*, job: str, kind: str, number: int) -> None:
    """An entry was added to the chain of the job."""


@event(INFO, DISPATCHER)
def root_made(*, number: int, chains: int, signed: bool) -> None:
    """A root was made over all chains that have grown since the last one."""


@event(INFO, DISPATCHER)
def root_exported(*, number: int, stamped: bool) -> None:
    """A root was written to `WHISPERFARM_CUSTODY_ROOTS_URL`, with the stamp of a time authority if
    there is one."""


@event(WARNING, DISPATCHER)
def export_failed(*, number: int, error: str) -> None:
    """Roots from this number on could not be exported; it is tried again in ten minutes."""


@event(ERROR, FARM)
def verification_failed(*, first: str) -> None:
    """`whisperfarm custody verify-ledger` found that something was changed: `first`, and perhaps
    more, which it prints."""
