"""Quotas on what a tenant or a key submits in a day, by the ledger's clock in UTC.

A process counts the jobs that it admits at once, and those of other dispatchers when it counts the
ledger: at most a second later, and before each job once a quota is nearly used. So a quota is
exceeded by at most the jobs that the other dispatchers are inserting at that moment. Of a quota on
audio, the last recording may exceed it by its length.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from whisperfarm_contract.job import Job
from whisperfarm_dispatcher.submission.daily_account import DailyAccount
from whisperfarm_dispatcher.submission.daily_quota import NO_KEY, DailyQuota, KeyQuota
from whisperfarm_store.ledger import Ledger, UseToday, known_or_estimated_s

MAX_ACCOUNTS = 10_000
"""Most tenants and keys whose counts are in memory; above that, all are counted again."""


class DailyQuotas:
    """The daily quotas of one process. Thread-safe."""

    def __init__(
        self, ledger: Ledger, tenant: DailyQuota, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`tenant` is the quota of each tenant."""
        self._ledger = ledger
        self._tenant = tenant
        self._clock = clock
        self._lock = threading.Lock()
        self._accounts: dict[tuple[str, str | None], DailyAccount] = {}

    def concern(self, key: KeyQuota) -> bool:
        """Return whether a quota applies to jobs that are submitted with the key."""
        return bool(self._tenant or key.quota)

    def check(self, tenant: str, key: KeyQuota = NO_KEY) -> None:
        """Raise `TenantBusy`, with the time until the day ends, if a quota is used up."""
        for account in self._concerned(tenant, key):
            account.check()

    @contextmanager
    def reserve(self, job: Job, key: KeyQuota = NO_KEY) -> Iterator[None]:
        """Count the job while the block inserts it. Raises like `check`."""
        audio_s = known_or_estimated_s(job.audio.duration_s, job.audio.size_bytes)
        with ExitStack() as reserved:
            for account in self._concerned(job.tenant, key):
                reserved.enter_context(account.reserve(audio_s))
            yield

    def _concerned(self, tenant: str, key: KeyQuota) -> Iterator[DailyAccount]:
        if self._tenant:
            yield self._account(tenant, None, self._tenant)
        if key.quota:
            yield self._account(tenant, key.key_id, key.quota)

    def _account(self, tenant: str, key_id: str | None, quota: DailyQuota) -> DailyAccount:
        subject = (tenant, key_id)
        with self._lock:
            if len(self._accounts) >= MAX_ACCOUNTS:
                self._accounts.clear()
            known = self._accounts.get(subject)
            if known is None or known.quota != quota:
                count = partial(self._count, tenant, key_id)
                known = self._accounts[subject] = DailyAccount(quota, count, key_id, self._clock)
            return known

    def _count(self, tenant: str, key_id: str | None) -> UseToday:
        return self._ledger.usage.today(tenant, key_id=key_id)
