"""Changes of jobs' states, which one task finds for all that follow them in this process."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from whisperfarm_contract.problems import Problem
from whisperfarm_contract.states import JobState
from whisperfarm_store import events
from whisperfarm_store.ledger.changes import Changes, JobVersion
from whisperfarm_store.notifications.followed import Followed


class JobChanges:
    """Changes of the jobs of those tenants that are followed. All calls belong to one event loop.

    The ledger is asked every `interval_s` seconds, by one query for all, while there are followers.
    """

    def __init__(self, changes: Changes, *, interval_s: float = 1.0) -> None:
        self._changes = changes
        self._interval_s = interval_s
        self._followers: set[Followed] = set()
        self._seen: dict[str, JobVersion] = {}
        self._task: asyncio.Task[None] | None = None

    def count(self, tenant: str, by: str) -> int:
        """Return how many times this caller follows jobs."""
        return sum((one.tenant, one.by) == (tenant, by) for one in self._followers)

    @contextmanager
    def follow(self, tenant: str, by: str) -> Iterator[Followed]:
        """Follow the jobs of a tenant during the block, for a caller."""
        followed = Followed(tenant, by)
        self._followers.add(followed)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._poll())
        try:
            yield followed
        finally:
            self._followers.discard(followed)

    async def _poll(self) -> None:
        time_s, self._seen = None, {}
        while followers := list(self._followers):
            try:
                tenants = {one.tenant for one in followers}
                time_s, found = await asyncio.to_thread(self._changes.since, time_s, tenants)
                self._distribute(followers, found)
            except Problem as problem:
                events.notifications.ledger_unavailable.log(error=problem.detail)
            await asyncio.sleep(self._interval_s)

    def _distribute(self, followers: Sequence[Followed], found: Sequence[JobVersion]) -> None:
        before, self._seen = self._seen, {one.id: one for one in found}
        changed = [one for one in found if before.get(one.id) != one]
        gone = [one for one in before.values() if one.id not in self._seen]
        changed += [one for one in gone if one.state == JobState.RUNNING]  # requeued or deleted
        for follower in followers:
            follower.add([one.id for one in changed if one.tenant == follower.tenant])
