"""Makes a root over all chains of custody once a day."""

from dataclasses import dataclass

from whisperfarm_dispatcher.custody.documents import Sign, make_root
from whisperfarm_store.ledger import Custody

INTERVAL_S = 600.0

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class DailyRoot:
    """The roots of a farm. Safe to run in several dispatchers at once: one of them makes a root."""

    custody: Custody
    sign: Sign

    def run_once(self) -> None:
        """Make roots until all chains are covered, if the last one is older than a day."""
        age_s = self.custody.roots.age_s()
        if age_s is None or age_s >= DAY_S:
            while make_root(self.custody, self.sign) is not None:
                pass
