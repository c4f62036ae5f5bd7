"""Redaction of transcripts."""

from logging import WARNING

from whisperfarm_store.events.event import DISPATCHER, event


@event(WARNING, DISPATCHER)
def pattern_stopped(*, kind: str, characters: int) -> None:
    """The operator's pattern for a kind took too long, so the rest of the text is masked.
    `characters` is the length of the text."""
