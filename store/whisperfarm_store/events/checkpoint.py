"""Speech and text of an attempt that are saved for the next one."""

from logging import INFO, WARNING

from whisperfarm_store.events.event import WORKER, event


@event(INFO, WORKER)
def loaded(*, job: str, of: int, windows: int) -> None:
    """The attempt continues from the text of attempt `of`."""


@event(INFO, WORKER)
def speech_loaded(*, job: str, of: int, windows: int) -> None:
    """The attempt uses the windows of speech that attempt `of` found."""


@event(INFO, WORKER)
def languages_loaded(*, job: str, of: int, windows: int) -> None:
    """The attempt uses the languages of windows that attempt `of` detected."""


@event(INFO, WORKER)
def ignored(*, job: str, of: int) -> None:
    """Attempt `of` ran with other models or options: what it saved is not used."""


@event(WARNING, WORKER)
def read_failed(*, job: str, of: int, error: str) -> None:
    """The checkpoint of attempt `of` could not be read: its work is done again."""


@event(WARNING, WORKER)
def write_failed(*, job: str, error: str) -> None:
    """The speech and text so far could not be saved; the attempt goes on."""


@event(WARNING, WORKER)
def delete_failed(*, job: str, error: str) -> None:
    """Checkpoints of a job that has ended could not be deleted; retention does it."""
