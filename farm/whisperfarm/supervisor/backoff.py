"""The delay before a part that ended is restarted."""

from dataclasses import dataclass

from whisperfarm_contract.retry_policy import RetryPolicy

MIN_S = 0.5
MAX_S = 30.0
STABLE_AFTER_S = 60.0
"""After a run of this length the delays start again at `MIN_S`."""

_POLICY = RetryPolicy(initial_s=MIN_S, max_s=MAX_S, jitter=0.0)


@dataclass(slots=True)
class Backoff:
    """Delays that grow after each short run and are reset by a long one."""

    runs: int = 0

    def next_after(self, *, uptime_s: float) -> float:
        """Return the delay in seconds after a run of `uptime_s` seconds."""
        self.runs = 1 if uptime_s >= STABLE_AFTER_S else self.runs + 1
        return _POLICY.delay_s(self.runs, chance=0.0)
