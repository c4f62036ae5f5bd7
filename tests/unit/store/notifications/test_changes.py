"""One task finds the changes of jobs for all followers."""

import asyncio
from collections.abc import Collection
from typing import Any

from whisperfarm_store.ledger.changes import JobVersion
from whisperfarm_store.notifications import JobChanges

SOON_S = 10.0


class Ledger:
    """Answers one call after the other; the last answer stays."""

    def __init__(self, *answers: list[JobVersion]) -> None:
        self._answers = list(answers)

    def since(self, _time_s: float | None, _tenants: Collection[str]) -> Any:
        return 0.0, self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def test_job_that_no_longer_runs_has_changed() -> None:
    async def scenario() -> None:
        running = JobVersion("a", "north", "running", 1)
        queued = JobVersion("b", "north", "queued", 0)  # too old to be found again
        changes: Any = Ledger([running, queued], [])
        with JobChanges(changes, interval_s=0).follow("north", "key:1") as followed:
            assert await followed.take(SOON_S) == (True, [])
            assert await followed.take(SOON_S) == (False, ["a"])

    asyncio.run(scenario())
