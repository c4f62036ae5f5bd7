"""Revisions of a transcript by people."""

from logging import INFO

from whisperfarm_store.events.event import DISPATCHER, event


@event(INFO, DISPATCHER)
def created(
    *, job: str, tenant: str, revision: int, kind: str, parent: int | None, author: str
) -> None:
    """A person corrected or approved a transcript, or a hub sent one: `kind`. `revision` is the
    number of the new revision, `parent` that of the one it was made from."""
