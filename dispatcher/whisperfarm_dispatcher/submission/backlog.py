"""Admission control and queue-position estimates from cached backlog counts.

The ledger is counted at most once a second, and less often if counting takes long. Jobs that this
process has admitted since are added. So one dispatcher never exceeds the limits, and rejects a job
only if the limit was reached within the last moment. Each further dispatcher may exceed the limits
by the jobs that it admits within a second.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from whisperfarm_contract.job import Job
from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.problems import FarmBusy
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.order.work_ahead import overtaking
from whisperfarm_dispatcher.submission import pauses, quota
from whisperfarm_dispatcher.submission.daily_quota import NO_KEY, NO_QUOTA, DailyQuota, KeyQuota
from whisperfarm_dispatcher.submission.daily_quotas import DailyQuotas
from whisperfarm_dispatcher.submission.quota import Quota, Rate
from whisperfarm_store.ledger import (
    GroupLoad,
    Ledger,
    Pause,
    Throughput,
    Workload,
    known_or_estimated_s,
)

ADMIT_TTL_S = 1.0
"""Longest age of the counts when a job is admitted."""

REJECT_TTL_S = 0.05
"""Longest age of the counts when a job is rejected."""

TTL_FACTORS = {ADMIT_TTL_S: 20, REJECT_TTL_S: 5}
"""A count that took t seconds is repeated after `SELDOM[age]` * t seconds at the earliest."""

RATE_TTL_S = 10.0
RATE_WINDOW_S = 300.0
"""Longest age of the measured throughput, and the period over which it is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePosition:
    """Queued jobs ahead of a job, and the estimated seconds until it starts, if known."""

    ahead: Workload
    starts_in_s: float | None


@dataclass(slots=True, kw_only=True, eq=False)
class _Pending:
    """An admitted job that the cached counts may not include yet."""

    group: GroupLoad
    inserted_at: float | None = None


class Backlog:
    """Unfinished work of the farm, as one process knows it. Thread-safe."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        farm: Quota,
        tenant: Quota,
        daily: DailyQuota = NO_QUOTA,
        clock: Callable[[], float] = time.monotonic,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._ledger = ledger
        self._time = now_s
        self._farm = farm
        self._tenant = tenant
        self._daily = DailyQuotas(ledger, daily, clock=clock)
        self._clock = clock
        self._lock = threading.RLock()
        self._groups: list[GroupLoad] = []
        self._drained: list[Throughput] = []
        self._pauses: Sequence[Pause] = ()
        self._counted_at = self._rate_at = self._pauses_at = float("-inf")
        self._took_s = 0.0
        self._pending: list[_Pending] = []

    def check(
        self,
        tenant: str,
        idempotency_key: str | None = None,
        *,
        preset: str | None = None,
        key: KeyQuota = NO_KEY,
    ) -> None:
        """Raise `FarmBusy` or `TenantBusy` above a limit, and `FarmPaused` if the farm or the
        preset is paused, unless the idempotency key has a job."""
        with self._excused(tenant, idempotency_key):
            self._check_pauses(preset)
            self._daily.check(tenant, key)
            with self._lock:
                self._check(tenant)

    def admits(self, tenant: str, *, preset: str | None = None, key: KeyQuota = NO_KEY) -> bool:
        """Return whether `check` would pass, by recent counts and pauses alone.

        It never waits: neither for the ledger nor for other threads. False says nothing.
        """
        oldest = min(self._counted_at, self._pauses_at)
        if self._daily.concern(key) or self._clock() - oldest > ADMIT_TTL_S:
            return False
        try:
            pauses.check(self._pauses, preset)
            self._check_quotas(tenant)
        except FarmBusy:
            return False
        return True

    @contextmanager
    def reserve(
        self, job: Job, idempotency_key: str | None = None, *, key: KeyQuota = NO_KEY
    ) -> Iterator[None]:
        """Count the job while the block inserts it. Raises like `check`."""
        load = Workload(jobs=1, audio_s=job.audio.duration_s or 0.0)
        group = GroupLoad(
            tenant=job.tenant,
            preset=job.preset,
            state=JobState.QUEUED,
            lane=Lane(job.policy.lane),
            load=load,
        )
        pending = _Pending(group=group)
        with self._excused(job.tenant, idempotency_key):
            self._check_pauses(job.preset)
        with ExitStack() as reserved:
            with self._excused(job.tenant, idempotency_key):
                reserved.enter_context(self._daily.reserve(job, key))
            with self._lock:  # check and append together, or two jobs could take the last place
                with self._excused(job.tenant, idempotency_key):
                    self._check(job.tenant)
                self._pending.append(pending)
            try:
                yield
            except BaseException:
                with self._lock:
                    self._pending.remove(pending)
                raise
            pending.inserted_at = self._clock()

    def position(self, job: Job) -> QueuePosition:
        """Return the position of a queued job. This queries the ledger."""
        ahead = self._ledger.backlog.jobs_ahead(job)
        total = ahead.in_broker
        if ahead.older is not None:
            total += ahead.older + self._overtaking(job, ahead.older)
        position = self._position(job.preset, total)
        if job.available_at is None or position.starts_in_s is None:
            return position
        waits_s = job.available_at - self._time()
        return replace(position, starts_in_s=max(position.starts_in_s, waits_s))

    def position_of_new(self, job: Job) -> QueuePosition:
        """Return the position of its tenant's newest job in a lane, from the cached counts."""
        own = (job.tenant, Lane(job.policy.lane))
        queued = self._queued(job.preset)
        loads = [one.load for one in queued if (one.tenant, one.lane) == own]
        older = _without(sum(loads, Workload()), job)
        return self._position(job.preset, older + self._overtaking(job, older))

    def _overtaking(self, job: Job, older: Workload) -> Workload:
        """Return the work of others before the job. What is in the broker counts as if it were
        not."""
        return overtaking(
            self._queued(job.preset),
            lane=Lane(job.policy.lane),
            tenant=job.tenant,
            older=older,
            work_s=_work_s(job),
        )

    def _queued(self, preset: str) -> list[GroupLoad]:
        with self._lock:
            self._refresh(ADMIT_TTL_S)
            groups = self._current_groups()
        return [one for one in groups if one.state is JobState.QUEUED and one.preset == preset]

    def _check_pauses(self, preset: str | None) -> None:
        """Query the ledger each time, so that no dispatcher accepts a job after the pause."""
        queried_at = self._clock()
        self._pauses = self._ledger.pauses.list()
        self._pauses_at = queried_at
        pauses.check(self._pauses, preset)

    @contextmanager
    def _excused(self, tenant: str, idempotency_key: str | None) -> Iterator[None]:
        """Suppress `FarmBusy` if the idempotency key has a job: the request makes no new one."""
        try:
            yield
        except FarmBusy:
            if idempotency_key is None or not self._ledger.jobs.key_exists(tenant, idempotency_key):
                raise

    def _check(self, tenant: str) -> None:
        for ttl_s in (ADMIT_TTL_S, REJECT_TTL_S):
            self._refresh(ttl_s)
            try:
                self._check_quotas(tenant)
            except FarmBusy:
                if ttl_s == REJECT_TTL_S:
                    raise
            else:
                return

    def _check_quotas(self, tenant: str) -> None:
        groups = self._current_groups()
        tenant_load = sum((one.load for one in groups if one.tenant == tenant), Workload())
        drained = [one for one in self._drained if one.tenant == tenant]
        quota.check_tenant(tenant_load, self._tenant, _rate(drained))
        total_load = sum((one.load for one in groups), Workload())
        quota.check_farm(total_load, self._farm, _rate(self._drained))

    def _current_groups(self) -> list[GroupLoad]:
        """Return the cached counts and the jobs admitted since."""
        return [*self._groups, *(one.group for one in self._pending)]

    def _position(self, preset: str, ahead: Workload) -> QueuePosition:
        with self._lock:
            self._refresh_rate()
            rate = _rate(one for one in self._drained if one.preset == preset)
        return QueuePosition(ahead=ahead, starts_in_s=_starts_in_s(ahead, rate))

    def _refresh(self, ttl_s: float) -> None:
        started_at = self._clock()
        if started_at - self._counted_at <= max(ttl_s, TTL_FACTORS[ttl_s] * self._took_s):
            return
        self._groups = self._ledger.backlog.group_loads()
        self._pending = [
            one for one in self._pending if (one.inserted_at or started_at) >= started_at
        ]
        self._counted_at = started_at
        self._took_s = self._clock() - started_at
        self._refresh_rate()

    def _refresh_rate(self) -> None:
        now = self._clock()
        if now - self._rate_at > RATE_TTL_S:
            self._drained = self._ledger.backlog.throughput(within_s=RATE_WINDOW_S)
            self._rate_at = now


def _without(load: Workload, job: Job) -> Workload:
    """Return the work without that of the job, which it includes."""
    known_s = job.audio.duration_s or 0.0
    estimated_s = _work_s(job) - known_s
    return Workload(
        jobs=max(0, load.jobs - 1),
        audio_s=max(0.0, load.audio_s - known_s),
        estimated_s=max(0.0, load.estimated_s - estimated_s),
    )


def _work_s(job: Job) -> float:
    return known_or_estimated_s(job.audio.duration_s, job.audio.size_bytes)


def _rate(drained: Iterable[Throughput]) -> Rate:
    rates = list(drained)
    return Rate(
        jobs_per_s=sum(one.load.jobs / one.window_s for one in rates),
        audio_s_per_s=sum(one.load.audio_s / one.window_s for one in rates),
    )


def _starts_in_s(ahead: Workload, rate: Rate) -> float | None:
    """Estimate by seconds of audio if known, else by the number of jobs."""
    if ahead.jobs == 0:
        return 0.0
    if ahead.audio_s > 0 and rate.audio_s_per_s > 0:
        return ahead.audio_s / rate.audio_s_per_s
    return ahead.jobs / rate.jobs_per_s if rate.jobs_per_s > 0 else None
