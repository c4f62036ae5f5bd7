"""A message that asks for a job, at the AMQP ingress."""

from logging import ERROR, INFO, WARNING

from whisperfarm_store.events.event import DISPATCHER, event


@event(INFO, DISPATCHER)
def accepted(*, job: str, is_duplicate: bool) -> None:
    """The job is in the ledger. `is_duplicate`: an earlier delivery of the message submitted it."""


@event(WARNING, DISPATCHER)
def retry_scheduled(*, problem: str, retry_in_s: float) -> None:
    """The message cannot become a job now and is tried again after `retry_in_s` seconds."""


@event(WARNING, DISPATCHER)
def rejected(*, tenant: str, problem: str) -> None:
    """The message cannot become a job and was published as a dead letter."""


@event(WARNING, DISPATCHER)
def dead_letter_failed(*, problem: str, error: str) -> None:
    """The broker did not accept the dead letter, which is published again later."""


@event(ERROR, DISPATCHER, traceback=True)
def error() -> None:
    """An unexpected error. The message is tried again a few times and then rejected."""
