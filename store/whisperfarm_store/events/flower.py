"""Flower's page."""

from logging import INFO, WARNING

from whisperfarm_store.events.event import FLOWER, event


@event(INFO, FLOWER)
def listening(*, host: str, port: int) -> None:
    """The page accepts connections."""


@event(WARNING, FLOWER)
def login_missing() -> None:
    """No login is set: Flower serves this machine only."""
