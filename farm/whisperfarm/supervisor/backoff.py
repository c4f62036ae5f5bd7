"""How long a part that died stays down before it is started again."""

from dataclasses import dataclass

FIRST_S = 0.5
LONGEST_S = 30.0
STEADY_S = 60.0
"""A part that ran this long is trusted again."""


@dataclass(slots=True)
class Backoff:
    """Waits that double with every quick death, and begin anew after a steady run."""

    next_s: float = FIRST_S

    def after(self, *, ran_s: float) -> float:
        """Seconds to wait after a run of `ran_s` seconds."""
        if ran_s >= STEADY_S:
            self.next_s = FIRST_S
        wait_s, self.next_s = self.next_s, min(self.next_s * 2, LONGEST_S)
        return wait_s
