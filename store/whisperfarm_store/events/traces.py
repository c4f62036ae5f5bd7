"""The export of traces."""

from logging import INFO, WARNING

from whisperfarm_store.events.event import BOTH, event


@event(WARNING, BOTH)
def export_failed(*, setting: str) -> None:
    """The receiver that `setting` names does not take spans, and they are dropped; logged once."""


@event(INFO, BOTH)
def recovered() -> None:
    """The receiver takes spans again."""
