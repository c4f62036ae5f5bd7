"""Receives progress of attempts, and stops them."""

from typing import Protocol


class StopAttempt(Exception):
    """The attempt must stop. `AttemptMonitor` raises it, and `AttemptRunner` catches it."""


class Cancelled(StopAttempt):
    """The job was cancelled by its caller."""


class DeadlineReached(StopAttempt):
    """The job's deadline has passed."""


class LeaseLost(StopAttempt):
    """The lease was lost: the job no longer belongs to this attempt."""


class LeaseExpired(StopAttempt):
    """The ledger was unavailable until the lease expired. Another worker may have the job."""


class WorkerDraining(StopAttempt):
    """The worker is draining and requeues the job."""


class AttemptMonitor(Protocol):
    """Receiver of an attempt's progress. Every method may raise a `StopAttempt`."""

    def report_progress(self, stage: str, fraction: float) -> None:
        """Report the current stage and how much of it is done, 0 to 1. The call is cheap."""

    def report_duration(self, audio_s: float) -> None:
        """Report the length of the audio in seconds."""


class NullMonitor:
    """Monitor that ignores reports and never stops the attempt."""

    def report_progress(self, stage: str, fraction: float) -> None:
        """Do nothing."""

    def report_duration(self, audio_s: float) -> None:
        """Do nothing."""
