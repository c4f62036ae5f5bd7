"""The result cache."""

from logging import DEBUG, INFO, WARNING

from whisperfarm_store.events.event import WORKER, event


@event(INFO, WORKER)
def hit(*, job: str, of: str) -> None:
    """The transcript of the job `of` is reused."""


@event(DEBUG, WORKER)
def miss(*, job: str) -> None:
    """There is no transcript of the same recording."""


@event(INFO, WORKER)
def read_failed(*, job: str, error: str) -> None:
    """The cached transcript could not be read, for example because retention deleted it."""


@event(WARNING, WORKER)
def store_failed(*, job: str, error: str) -> None:
    """The job's transcript could not be entered into the cache."""
