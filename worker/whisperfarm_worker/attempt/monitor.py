"""How an attempt is told to stop, and how it tells how far it is."""

from typing import Protocol


class StopAttempt(Exception):
    """The attempt must not go on. Raised from inside the pipeline, caught where it was started."""


class Cancelled(StopAttempt):
    """The job was cancelled by its caller."""


class DeadlineReached(StopAttempt):
    """The job's deadline has passed."""


class LeaseLost(StopAttempt):
    """The lease was lost: the job is somebody else's now."""


class LeaseExpired(StopAttempt):
    """The ledger did not answer for a whole lease; the job may belong to another worker."""


class WorkerDraining(StopAttempt):
    """The worker is leaving and has given the job back."""


class AttemptMonitor(Protocol):
    """Whom an attempt reports to. Every call may raise a `StopAttempt`."""

    def report_progress(self, stage: str, fraction: float) -> None:
        """The attempt is in `stage` and has done this share of it, 0 to 1. Cheap: call it often."""

    def report_duration(self, audio_s: float) -> None:
        """The audio plays so many seconds."""


class NullMonitor:
    """Nobody watches; nothing stops the attempt."""

    def report_progress(self, stage: str, fraction: float) -> None:
        """Nobody is told."""

    def report_duration(self, audio_s: float) -> None:
        """Nobody is told."""
