"""The work that is there: how much may still come in, and when a job's turn will be.

The ledger is counted once a second at most, however many jobs come in, and more seldom where
counting takes long; what this process let in since is added. So with one dispatcher the bounds are
never passed, and a caller is refused for work that ended within the last moment at most; each
further dispatcher may let in a second's jobs too many.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import FarmBusy
from whisperfarm_contract.states import State
from whisperfarm_dispatcher.submission import quota
from whisperfarm_dispatcher.submission.quota import Bounds, Rate
from whisperfarm_store.ledger import Drained, Load, Share

FRESH_S = 1.0
"""For how long the figures of the ledger are good enough to let somebody in."""

REFUSING_S = 0.05
"""And to turn somebody away."""

SELDOM = {FRESH_S: 20, REFUSING_S: 5}
"""After how many times the time that counting took it is done again, if that is later."""

RATE_FRESH_S = 10.0
RATE_OVER_S = 300.0
"""How often the rate is measured, and over how long."""


class Figures(Protocol):
    """The part of the ledger that counts."""

    def backlog(self) -> list[Share]:
        """How much work has not ended."""

    def drained(self, *, within_s: float) -> list[Drained]:
        """How much work was done in the last seconds."""

    def ahead(self, job: Job) -> Load:
        """The queued jobs before it."""

    def knows_key(self, tenant: str, key: str) -> bool:
        """Whether a job was made under the idempotency key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The queued jobs ahead of a job, and in how many seconds it should start, if that is known."""

    ahead: Load
    starts_in_s: float | None


@dataclass(slots=True, kw_only=True, eq=False)
class _LetIn:
    """A job on its way into the ledger, or newly in it."""

    share: Share
    entered_at: float | None = None


class Backlog:
    """The figures of the farm, as one process sees them. Safe to use from several threads."""

    def __init__(
        self,
        ledger: Figures,
        *,
        farm: Bounds,
        tenant: Bounds,
        clock: Callable[[], float] = time.monotonic,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._ledger = ledger
        self._time = now_s
        self._farm = farm
        self._tenant = tenant
        self._clock = clock
        self._lock = threading.RLock()
        self._shares: list[Share] = []
        self._drained: list[Drained] = []
        self._counted_at = self._measured_at = float("-inf")
        self._took_s = 0.0
        self._let_in: list[_LetIn] = []

    def check(self, tenant: str, idempotency_key: str | None = None) -> None:
        """`FarmBusy` or `TenantBusy` when there is no room, but not for a job that is there."""
        try:
            with self._lock:
                self._check(tenant)
        except FarmBusy:
            if idempotency_key is None or not self._ledger.knows_key(tenant, idempotency_key):
                raise

    @contextmanager
    def room_for(self, job: Job, idempotency_key: str | None = None) -> Iterator[None]:
        """Hold room for the job while it is entered. Raises what `check` raises."""
        load = Load(jobs=1, audio_s=job.audio.seconds or 0.0)
        share = Share(tenant=job.tenant, preset=job.preset, state=State.QUEUED, load=load)
        coming = _LetIn(share=share)
        with self._lock:  # of two for whom there is room for one, one gets it
            self.check(job.tenant, idempotency_key)
            self._let_in.append(coming)
        try:
            yield
        except BaseException:
            with self._lock:
                self._let_in.remove(coming)
            raise
        coming.entered_at = self._clock()

    def turn(self, job: Job) -> Turn:
        """When the turn of a queued job is: counted in the ledger, for one job at a time."""
        with self._lock:
            self._measure()
        turn = self._turn(job.preset, self._ledger.ahead(job))
        if job.available_at is None or turn.starts_in_s is None:
            return turn
        waits_s = job.available_at - self._time()
        return replace(turn, starts_in_s=max(turn.starts_in_s, waits_s))

    def last_turn(self, job: Job) -> Turn:
        """The turn of the job of its preset that was accepted last: known without counting."""
        with self._lock:
            self._refresh(FRESH_S)
            shares = self._shares_now()
        queued = (one for one in shares if one.state is State.QUEUED and one.preset == job.preset)
        before = sum((one.load for one in queued), Load())
        ahead = Load(
            jobs=max(0, before.jobs - 1),
            audio_s=max(0.0, before.audio_s - (job.audio.seconds or 0.0)),
        )
        return self._turn(job.preset, ahead)

    def _check(self, tenant: str) -> None:
        for fresh_s in (FRESH_S, REFUSING_S):
            self._refresh(fresh_s)
            try:
                self._check_figures(tenant)
            except FarmBusy:
                if fresh_s == REFUSING_S:
                    raise
            else:
                return

    def _check_figures(self, tenant: str) -> None:
        shares = self._shares_now()
        mine = sum((one.load for one in shares if one.tenant == tenant), Load())
        drained = [one for one in self._drained if one.tenant == tenant]
        quota.check_tenant(mine, self._tenant, _rate(drained))
        everything = sum((one.load for one in shares), Load())
        quota.check_farm(everything, self._farm, _rate(self._drained))

    def _shares_now(self) -> list[Share]:
        """What was counted, and what was let in since."""
        return [*self._shares, *(one.share for one in self._let_in)]

    def _turn(self, preset: str, ahead: Load) -> Turn:
        rate = _rate(one for one in self._drained if one.preset == preset)
        return Turn(ahead=ahead, starts_in_s=_starts_in_s(ahead, rate))

    def _refresh(self, fresh_s: float) -> None:
        began = self._clock()
        if began - self._counted_at <= max(fresh_s, SELDOM[fresh_s] * self._took_s):
            return
        self._shares = self._ledger.backlog()
        self._let_in = [one for one in self._let_in if (one.entered_at or began) >= began]
        self._counted_at = began
        self._took_s = self._clock() - began
        self._measure()

    def _measure(self) -> None:
        now = self._clock()
        if now - self._measured_at > RATE_FRESH_S:
            self._drained = self._ledger.drained(within_s=RATE_OVER_S)
            self._measured_at = now


def _rate(drained: Iterable[Drained]) -> Rate:
    """Of all of these together."""
    parts = list(drained)
    return Rate(
        jobs_per_s=sum(one.load.jobs / one.over_s for one in parts),
        audio_s_per_s=sum(one.load.audio_s / one.over_s for one in parts),
    )


def _starts_in_s(ahead: Load, rate: Rate) -> float | None:
    """By the audio where it is known, else by the jobs."""
    if ahead.jobs == 0:
        return 0.0
    if ahead.audio_s > 0 and rate.audio_s_per_s > 0:
        return ahead.audio_s / rate.audio_s_per_s
    return ahead.jobs / rate.jobs_per_s if rate.jobs_per_s > 0 else None
