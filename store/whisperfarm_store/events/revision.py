"""Revisions of a transcript by people."""

from logging import INFO, WARNING

from whisperfarm_store.events.event import BOTH, DISPATCHER, event


@event(INFO, DISPATCHER)
def created(
    *, job: str, tenant: str, revision: int, kind: str, parent: int | None, author: str
) -> None:
    """A person corrected or approved a transcript, or a hub sent one: `kind`. `revision` is the
    number of the new revision, `parent` that of the one it was made from."""


@event(WARNING, BOTH)
def index_failed(*, job: str, error: str) -> None:
    """The blob of a transcript is missing or damaged: the job is not found by its text."""
