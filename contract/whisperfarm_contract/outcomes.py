"""How attempts end: names for logs, metrics and the documentation."""

from enum import StrEnum
from typing import Self


class AttemptOutcome(StrEnum):
    """One way in which an attempt ends. `meaning` is one sentence for operators."""

    meaning: str

    def __new__(cls, name: str, meaning: str) -> Self:
        outcome = str.__new__(cls, name)
        outcome._value_ = name
        outcome.meaning = meaning
        return outcome

    SUCCEEDED = "succeeded", "The transcript is stored and the job has succeeded."
    FAILED = "failed", "The job has failed: another attempt would not help, or none is left."
    RETRIED = "retried", "The attempt failed and counts; the job is queued again after a delay."
    SNOOZED = (
        "snoozed",
        "The ledger or the blob store was unavailable or full; the job is queued again after a"
        " delay, and the attempt does not count.",
    )
    CANCELLED = (
        "cancelled",
        "The job was cancelled by its caller, or because its caller no longer asked for it.",
    )
    REQUEUED = (
        "requeued",
        "The worker is draining; the job is queued again at once, and the attempt does not count.",
    )
    ABANDONED = "abandoned", "The lease was lost during the attempt; the worker writes nothing."
    STALE = "stale", "The lease was lost before the outcome was written; the ledger rejected it."
    SETTLE_FAILED = (
        "settle_failed",
        "The ledger could not store the outcome; the lease expires and the job is rescued.",
    )
