"""A message that asks for a job, at the AMQP ingress."""

from logging import ERROR, INFO, WARNING

from whisperfarm_store.events.event import DISPATCHER, event


@event(INFO, DISPATCHER)
def accepted(*, job: str, is_duplicate: bool) -> None:
    """The message's job is in the ledger; `is_duplicate`: an earlier delivery made it."""


@event(WARNING, DISPATCHER)
def retry_scheduled(*, problem: str, retry_in_s: float) -> None:
    """The message cannot become a job now and is read again."""


@event(WARNING, DISPATCHER)
def rejected(*, tenant: str, problem: str) -> None:
    """The message cannot become a job and is a dead letter now."""


@event(WARNING, DISPATCHER)
def dead_letter_failed(*, problem: str, error: str) -> None:
    """The broker did not take the dead letter; it is published again."""


@event(ERROR, DISPATCHER, traceback=True)
def error() -> None:
    """An unexpected error while a message was read. It is read again a few times, then rejected."""
