"""A job on its way from this farm to a hub and back."""

from logging import DEBUG, ERROR, INFO, WARNING

from whisperfarm_store.events.event import DISPATCHER, event


@event(DEBUG, DISPATCHER)
def progressed(*, job: str, sent_bytes: int, chunk_bytes: int) -> None:
    """The hub took a chunk of a recording. `sent_bytes` are all that it has."""


@event(INFO, DISPATCHER)
def accepted(*, job: str, hub_job: str) -> None:
    """The hub has the whole recording, and a job."""


@event(INFO, DISPATCHER)
def succeeded(*, job: str, hub_job: str) -> None:
    """The hub's transcript is a revision of the job."""


@event(WARNING, DISPATCHER)
def refused(*, job: str, hub_job: str | None, problem: str) -> None:
    """The hub refused the job, or failed, for good."""


@event(INFO, DISPATCHER)
def failed(*, job: str, state: str, error: str, retry_in_s: float) -> None:
    """A try failed; `state` is that of the forward."""


@event(INFO, DISPATCHER)
def erased(*, job: str, hub_job: str | None) -> None:
    """The hub has deleted what it had of an erased job."""


@event(ERROR, DISPATCHER, traceback=True)
def error(*, job: str) -> None:
    """An unexpected error while something was sent or fetched; it is tried again."""
