"""A daily quota holds in each dispatcher, and is exceeded by concurrent jobs of others alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from tests.support.clock import Clock
from tests.support.jobs import new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import TenantBusy
from whisperfarm_dispatcher.submission.daily_account import MAX_AGE_S, NEAR_JOBS
from whisperfarm_dispatcher.submission.daily_quota import DailyQuota, KeyQuota
from whisperfarm_dispatcher.submission.daily_quotas import DailyQuotas
from whisperfarm_store.ledger import Ledger, UseToday

TENANT = new_job().tenant
HOUR_S = 3600.0


@dataclass
class Account:
    """The account of a ledger, with figures that a test sets."""

    jobs: int = 0
    audio_s: float = 0.0
    left_s: float = HOUR_S
    clock: Clock = field(default_factory=Clock)
    counts: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def usage(self) -> "Account":
        return self

    def today(self, tenant: str, *, key_id: str | None = None) -> UseToday:
        self.counts.append((tenant, key_id))
        return UseToday(jobs=self.jobs, audio_s=self.audio_s, left_s=self.left_s)


def quotas(account: Account, **tenant: Any) -> DailyQuotas:
    return DailyQuotas(cast("Ledger", account), DailyQuota(**tenant), clock=account.clock)


def job(audio_s: float = 60.0) -> Job:
    made = new_job()
    return replace(made, audio=replace(made.audio, duration_s=audio_s))


@contextmanager
def inserted(account: Account, dispatcher: DailyQuotas, **key: Any) -> Iterator[None]:
    """Submit a job, which the block inserts."""
    with dispatcher.reserve(job(), KeyQuota(**key)):
        yield
        account.jobs += 1
        account.audio_s += 60.0
    account.clock.now += 0.001


def submit(account: Account, dispatcher: DailyQuotas, **key: Any) -> None:
    with inserted(account, dispatcher, **key):
        pass


def refusal(dispatcher: DailyQuotas, **key: Any) -> TenantBusy:
    with pytest.raises(TenantBusy) as raised:
        dispatcher.check(TENANT, KeyQuota(**key))
    return raised.value


def test_refusal_names_quota_use_and_the_end_of_the_day() -> None:
    account = Account(jobs=5, audio_s=321.4)
    of_jobs = refusal(quotas(account, jobs=5))
    assert of_jobs.retry_after_s == HOUR_S
    for part in ("5 jobs today", "quota is 5 jobs a day", "WHISPERFARM_MAX_TENANT_JOBS_PER_DAY"):
        assert part in of_jobs.detail
    of_audio = refusal(quotas(account, audio_s=300.0)).detail
    for part in ("321 seconds of audio", "300 seconds a day", "MAX_TENANT_AUDIO_S_PER_DAY"):
        assert part in of_audio
    of_key = refusal(quotas(account), key_id="key-1", quota=DailyQuota(jobs=4)).detail
    assert of_key.startswith("the API key key-1 has submitted 5 jobs")
    assert "WHISPERFARM" not in of_key


def test_retry_after_shrinks_as_the_day_passes() -> None:
    account = Account(jobs=5)
    dispatcher = quotas(account, jobs=5)
    refusal(dispatcher)
    account.clock.now += 600.5
    assert refusal(dispatcher).retry_after_s == HOUR_S - 600
    assert len(account.counts) == 1  # a day that is used up is not counted again


def test_quota_is_unused_on_the_next_day() -> None:
    account = Account(jobs=5)
    dispatcher = quotas(account, jobs=5)
    refusal(dispatcher)
    account.jobs = 0
    account.clock.now += HOUR_S
    submit(account, dispatcher)


def test_far_from_the_quota_the_ledger_is_counted_once_a_second() -> None:
    account = Account()
    dispatcher = quotas(account, jobs=10 * NEAR_JOBS)
    for _ in range(50):
        submit(account, dispatcher)
    assert len(account.counts) == 1
    account.clock.now += MAX_AGE_S + 0.1
    submit(account, dispatcher)
    assert len(account.counts) == 2


def test_own_jobs_count_before_the_ledger_has_them() -> None:
    account = Account()
    dispatcher = quotas(account, jobs=2)
    with dispatcher.reserve(job()), dispatcher.reserve(job()):
        assert refusal(dispatcher).retry_after_s == 1  # they may fail


def test_job_that_is_not_inserted_does_not_count() -> None:
    account = Account()
    dispatcher = quotas(account, jobs=1)
    with pytest.raises(OSError, match="disk"), dispatcher.reserve(job()):
        raise OSError("disk")
    submit(account, dispatcher)
    refusal(dispatcher)


def test_quota_is_exceeded_by_concurrent_jobs_of_other_dispatchers_alone() -> None:
    account = Account()
    dispatchers = [quotas(account, jobs=3) for _ in range(3)]
    submit(account, dispatchers[0])
    submit(account, dispatchers[1])
    first, second, third = (inserted(account, one) for one in dispatchers)
    with first, second, third:
        pass
    assert account.jobs == 5  # two more than the quota: those of the other two dispatchers
    for one in dispatchers:
        refusal(one)


def test_key_and_tenant_have_quotas_of_their_own() -> None:
    account = Account()
    dispatcher = quotas(account, jobs=100)
    quota = DailyQuota(jobs=1)
    submit(account, dispatcher, key_id="key-1", quota=quota)
    assert set(account.counts) == {(TENANT, None), (TENANT, "key-1")}
    refusal(dispatcher, key_id="key-1", quota=quota)
    account.jobs = 0
    dispatcher.check(TENANT, KeyQuota(key_id="key-2", quota=quota))
    dispatcher.check(TENANT, KeyQuota(key_id="key-1", quota=DailyQuota(jobs=9)))


def test_without_a_quota_nothing_is_counted() -> None:
    account = Account(jobs=10**6)
    dispatcher = quotas(account)
    submit(account, dispatcher, key_id="key-1")
    assert not dispatcher.concern(KeyQuota(key_id="key-1"))
    assert account.counts == []


def test_last_recording_may_exceed_a_quota_on_audio() -> None:
    account = Account()
    dispatcher = quotas(account, audio_s=90.0)
    submit(account, dispatcher)
    submit(account, dispatcher)
    assert "120 seconds of audio" in refusal(dispatcher).detail
