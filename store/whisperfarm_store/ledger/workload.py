"""Amounts of work."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Number of jobs, and the total of their audio lengths that are known, in seconds.

    `estimated_s` estimates the other lengths. It is for display, not for quotas.
    """

    jobs: int = 0
    audio_s: float = 0.0
    estimated_s: float = 0.0

    def __add__(self, other: "Workload") -> "Workload":
        return Workload(
            jobs=self.jobs + other.jobs,
            audio_s=self.audio_s + other.audio_s,
            estimated_s=self.estimated_s + other.estimated_s,
        )
