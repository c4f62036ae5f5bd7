"""The chain of custody."""

from logging import DEBUG, ERROR, INFO

from whisperfarm_store.events.event import BOTH, DISPATCHER, FARM, event


@event(DEBUG, BOTH)
def appended(*, job: str, kind: str, number: int) -> None:
    """An entry was added to the chain of the job."""


@event(INFO, DISPATCHER)
def root_made(*, number: int, chains: int, signed: bool) -> None:
    """A root was made over all chains that have grown since the last one."""


@event(ERROR, FARM)
def verification_failed(*, first: str) -> None:
    """`whisperfarm custody verify-ledger` found that something was changed: `first`, and perhaps
    more, which it prints."""
