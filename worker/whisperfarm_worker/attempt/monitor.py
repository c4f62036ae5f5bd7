"""How an attempt is told to stop, and how it tells how far it is."""

from typing import Protocol


class Stop(Exception):
    """The attempt must not go on. Raised from inside the pipeline, caught where it was started."""


class Cancelled(Stop):
    """The job was cancelled by its caller."""


class Late(Stop):
    """The job's deadline has passed."""


class Lost(Stop):
    """The lease was lost: the job is somebody else's now."""


class LeaseExpired(Stop):
    """The ledger did not answer for a whole lease; the job may belong to another worker."""


class Drained(Stop):
    """The worker is leaving and has given the job back."""


class Watch(Protocol):
    """Whom an attempt reports to. Every call may raise a `Stop`."""

    def report(self, stage: str, done: float) -> None:
        """The attempt is in `stage` and has done this share of it, 0 to 1. Cheap: call it often."""

    def measured(self, audio_s: float) -> None:
        """The audio plays so many seconds."""


class NoWatch:
    """Nobody watches; nothing stops the attempt."""

    def report(self, stage: str, done: float) -> None:
        """Nobody is told."""

    def measured(self, audio_s: float) -> None:
        """Nobody is told."""
