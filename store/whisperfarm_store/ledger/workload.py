"""Amounts of work."""

from dataclasses import dataclass

ESTIMATED_BYTES_PER_S = 8_000
"""Assumed bytes per second of a recording of unknown length: 64 kbit/s, as in telephony."""

MAX_ESTIMATE_S = 3_600
"""Maximum guess for such a recording: in a film, most bytes are not audio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Number of jobs, and the total of their audio lengths that are known, in seconds.

    `estimated_s` estimates the other lengths. It is for display, not for quotas.
    """

    jobs: int = 0
    audio_s: float = 0.0
    estimated_s: float = 0.0

    @property
    def total_s(self) -> float:
        """All lengths, known and estimated."""
        return self.audio_s + self.estimated_s

    def __add__(self, other: "Workload") -> "Workload":
        return Workload(
            jobs=self.jobs + other.jobs,
            audio_s=self.audio_s + other.audio_s,
            estimated_s=self.estimated_s + other.estimated_s,
        )


def known_or_estimated_s(audio_s: float | None, size_bytes: int) -> float:
    """Return the length of a recording in seconds, estimated from its size if it is unknown."""
    if audio_s is not None:
        return audio_s
    return min(size_bytes / ESTIMATED_BYTES_PER_S, MAX_ESTIMATE_S)
