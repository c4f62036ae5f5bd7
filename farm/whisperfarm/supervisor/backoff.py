"""The delay before a part that ended is restarted."""

from dataclasses import dataclass

FIRST_S = 0.5
LONGEST_S = 30.0
STEADY_S = 60.0
"""After a run of this length the delays start again at `FIRST_S`."""


@dataclass(slots=True)
class Backoff:
    """Delays that double after each short run and are reset by a long one."""

    next_s: float = FIRST_S

    def after(self, *, ran_s: float) -> float:
        """Return the delay in seconds after a run of `ran_s` seconds."""
        if ran_s >= STEADY_S:
            self.next_s = FIRST_S
        wait_s, self.next_s = self.next_s, min(self.next_s * 2, LONGEST_S)
        return wait_s
