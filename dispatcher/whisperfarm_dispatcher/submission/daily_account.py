"""What has been used of one daily quota."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from whisperfarm_contract.problems import TenantBusy
from whisperfarm_dispatcher.submission.daily_quota import DailyQuota
from whisperfarm_store.ledger import UseToday

MAX_AGE_S = 1.0
"""Longest age of a count while a quota is not nearly used."""

NEAR_JOBS, NEAR_AUDIO_S, NEAR_FRACTION = 100, 36_000.0, 0.1
"""A quota is nearly used when this much or this fraction of it is left."""


@dataclass(slots=True, eq=False)
class _Admitted:
    """An admitted job that the last count may not include."""

    audio_s: float
    inserted_at: float | None = None


class DailyAccount:
    """The use of one quota on the current day. Thread-safe."""

    def __init__(
        self,
        quota: DailyQuota,
        count: Callable[[], UseToday],
        key_id: str | None,
        clock: Callable[[], float],
    ) -> None:
        self.quota = quota
        self._count = count
        self._key_id = key_id
        self._clock = clock
        self._lock = threading.Lock()
        self._counted = UseToday(jobs=0, audio_s=0.0, left_s=0.0)
        self._counted_at = float("-inf")
        self._admitted: list[_Admitted] = []

    def check(self) -> None:
        """Raise `TenantBusy`, with the time until the day ends, if the quota is used up."""
        with self._lock:
            self._check()

    @contextmanager
    def reserve(self, audio_s: float) -> Iterator[None]:
        """Count a recording while the block inserts its job. Raises like `check`."""
        admitted = _Admitted(audio_s)
        with self._lock:  # check and append together, or two jobs could take the last place
            self._check()
            self._admitted.append(admitted)
        try:
            yield
        except BaseException:
            with self._lock:
                if admitted in self._admitted:
                    self._admitted.remove(admitted)
            raise
        admitted.inserted_at = self._clock()

    def _check(self) -> None:
        if not self._is_used_up(self._counted) or self._has_day_ended():
            self._refresh()
        self._raise_if_used_up()

    def _refresh(self) -> None:
        """Count again, unless the last count is recent and much of the quota is left."""
        started_at = self._clock()
        is_recent = started_at - self._counted_at <= MAX_AGE_S and not self._has_day_ended()
        if is_recent and not self._is_near():
            return
        self._counted = self._count()
        self._admitted = [
            one for one in self._admitted if (one.inserted_at or started_at) >= started_at
        ]
        self._counted_at = started_at

    def _has_day_ended(self) -> bool:
        return self._clock() - self._counted_at >= self._counted.left_s

    def _used(self) -> UseToday:
        """Return the use with the jobs that were admitted since the count."""
        return UseToday(
            jobs=self._counted.jobs + len(self._admitted),
            audio_s=self._counted.audio_s + sum(one.audio_s for one in self._admitted),
            left_s=self._counted.left_s - (self._clock() - self._counted_at),
        )

    def _is_near(self) -> bool:
        used, quota = self._used(), self.quota
        jobs_left, audio_left_s = quota.jobs - used.jobs, quota.audio_s - used.audio_s
        return bool(
            (quota.jobs and jobs_left <= max(NEAR_JOBS, NEAR_FRACTION * quota.jobs))
            or (quota.audio_s and audio_left_s <= max(NEAR_AUDIO_S, NEAR_FRACTION * quota.audio_s))
        )

    def _is_used_up(self, used: UseToday) -> bool:
        quota = self.quota
        return 0 < quota.jobs <= used.jobs or 0 < quota.audio_s <= used.audio_s

    def _raise_if_used_up(self) -> None:
        used, quota = self._used(), self.quota
        if not self._is_used_up(used):
            return
        if 0 < quota.jobs <= used.jobs:
            amounts = (f"{used.jobs} jobs", f"{quota.jobs} jobs")
        else:
            amounts = (f"{used.audio_s:.0f} seconds of audio", f"{quota.audio_s:.0f} seconds")
        raise TenantBusy(
            f"{self._subject()} has submitted {amounts[0]} today; its quota is {amounts[1]} a day"
            f"{self._setting(0 < quota.jobs <= used.jobs)}; submit more after midnight UTC",
            retry_after_s=self._retry_after_s(used),
        )

    def _retry_after_s(self, used: UseToday) -> int:
        """Return the seconds until the day ends, or a moment if jobs that are being inserted, and
        may fail, take the last places."""
        return max(1, math.ceil(used.left_s)) if self._is_used_up(self._counted) else 1

    def _subject(self) -> str:
        return "your tenant" if self._key_id is None else f"the API key {self._key_id}"

    def _setting(self, of_jobs: bool) -> str:
        if self._key_id is not None:
            return ""
        return f" (WHISPERFARM_MAX_TENANT_{'JOBS' if of_jobs else 'AUDIO_S'}_PER_DAY)"
