"""The delay before a part that ended is restarted."""

from dataclasses import dataclass

MIN_S = 0.5
MAX_S = 30.0
STABLE_AFTER_S = 60.0
"""After a run of this length the delays start again at `MIN_S`."""


@dataclass(slots=True)
class Backoff:
    """Delays that double after each short run and are reset by a long one."""

    next_s: float = MIN_S

    def next_after(self, *, uptime_s: float) -> float:
        """Return the delay in seconds after a run of `uptime_s` seconds."""
        if uptime_s >= STABLE_AFTER_S:
            self.next_s = MIN_S
        wait_s, self.next_s = self.next_s, min(self.next_s * 2, MAX_S)
        return wait_s
