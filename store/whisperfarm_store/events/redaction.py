"""Redaction of transcripts and recordings."""

from logging import INFO, WARNING

from whisperfarm_store.events.event import ATTEMPT, BOTH, WORKER, event


@event(WARNING, BOTH)
def pattern_stopped(*, kind: str, characters: int) -> None:
    """The operator's pattern for a kind took too long, so the rest of the text is masked.
    `characters` is the length of the text."""


@event(INFO, WORKER, bound=ATTEMPT)
def recording_made(*, masked_s: float) -> None:
    """A redacted copy of the recording was stored, in which `masked_s` seconds are masked."""


@event(WARNING, WORKER, bound=ATTEMPT)
def recording_failed(*, error: str) -> None:
    """The redacted copy of the recording could not be stored: the attempt fails."""
