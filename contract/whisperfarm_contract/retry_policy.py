"""Delays between retries, for all parts but the client, which starts without `dataclasses`."""

from dataclasses import dataclass

_MAX_EXPONENT = 64
"""Larger powers could overflow a float; the delay reaches its maximum much earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Delays that grow with each failure. The caller counts failures and decides when to stop."""

    initial_s: float
    """Delay after the first failure, in seconds."""

    coefficient: float = 2.0
    """Factor by which the delay grows with each further failure."""

    max_s: float
    """Longest delay in seconds, before jitter."""

    jitter: float = 0.2
    """Fraction of the delay, 0 to 1, by which it may be shorter or longer. It spreads the retries
    of callers that failed at the same moment."""

    def delay_s(self, failures: int, *, chance: float) -> float:
        """Return the delay in seconds after this number of failures, 1 or more.

        `chance` is a random number from 0 to 1: 0 gives the shortest delay, 1 the longest.
        """
        exponent = min(failures - 1, _MAX_EXPONENT)
        base_s = min(self.initial_s * self.coefficient**exponent, self.max_s)
        return base_s * (1 + self.jitter * (2 * chance - 1))
