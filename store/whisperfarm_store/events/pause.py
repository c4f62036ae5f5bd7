"""Pauses of the farm or of a preset, which an operator sets and ends."""

from logging import INFO, WARNING

from whisperfarm_store.events.event import DISPATCHER, event


@event(WARNING, DISPATCHER)
def started(*, preset: str, accept: bool, dispatch: bool, reason: str) -> None:
    """An operator paused a preset, or the whole farm if `preset` is empty: `accept` means that new
    jobs are refused, `dispatch` that queued jobs wait."""


@event(INFO, DISPATCHER)
def ended(*, preset: str) -> None:
    """An operator ended the pause of a preset, or of the whole farm if `preset` is empty."""
