"""What is old is found, oldest first, and only what nobody needs is forgotten."""

from dataclasses import replace
from typing import get_args

import pytest

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.problems import EngineFailed, JobUnknown, Problem
from whisperfarm_store.ledger import Idempotency, Ledger, Swept

NOW_S, LATER_S = -60.0, 3600.0


def ended(ledger: Ledger, problem: Problem | None = None, *, job: Job | None = None) -> Job:
    accepted = ledger.insert(job or new_job())
    ledger.claim(accepted.id, worker="w", lease_s=60)
    if problem is None:
        ledger.succeed(accepted.id, attempt=1, result_key="r", audio_s=1.0)
    else:
        ledger.fail(accepted.id, attempt=1, problem=problem)
    return accepted


def ids(jobs: list[Job]) -> list[str]:
    return [job.id for job in jobs]


@pytest.mark.parametrize("what", get_args(Swept))
def test_what_ended_long_ago_is_found_until_it_is_swept(ledger: Ledger, what: Swept) -> None:
    first, second = ended(ledger), ended(ledger, EngineFailed())
    assert ledger.expired(what, after_s=LATER_S, limit=9) == []
    assert ids(ledger.expired(what, after_s=NOW_S, limit=1)) == [first.id]
    ledger.swept(what, first.id)
    assert ids(ledger.expired(what, after_s=NOW_S, limit=9)) == [second.id]


@pytest.mark.parametrize("what", get_args(Swept))
def test_what_has_not_ended_is_never_old(ledger: Ledger, running: Job, what: Swept) -> None:
    ledger.insert(new_job())
    assert ledger.expired(what, after_s=NOW_S, limit=9) == []


def test_a_job_knows_that_its_results_were_swept(ledger: Ledger) -> None:
    job = ended(ledger)
    ledger.swept("audio", job.id)
    assert ledger.get(job.id).swept_at is None
    ledger.swept("results", job.id)
    assert ledger.get(job.id).swept_at is not None


def test_the_audio_of_a_job_that_kills_workers_is_kept_until_it_is_released(
    ledger: Ledger,
) -> None:
    deadly = ledger.insert(new_job())
    ledger.claim(deadly.id, worker="w", lease_s=-1)
    ledger.rescue(rerelease_after_s=LATER_S, max_kills=1)
    assert ledger.expired("audio", after_s=NOW_S, limit=9) == []
    assert ids(ledger.expired("results", after_s=NOW_S, limit=9)) == [deadly.id]
    ledger.release_quarantined(deadly.id, new_job())
    assert ids(ledger.expired("audio", after_s=NOW_S, limit=9)) == [deadly.id]


def test_a_job_is_forgotten_when_nothing_of_it_is_left(ledger: Ledger) -> None:
    job = ended(ledger)
    ledger.swept("results", job.id)
    assert ledger.forget(after_s=NOW_S, limit=9) == 0
    ledger.swept("audio", job.id)
    assert ledger.forget(after_s=LATER_S, limit=9) == 0
    assert ledger.forget(after_s=NOW_S, limit=9) == 1
    with pytest.raises(JobUnknown):
        ledger.get(job.id)


def test_a_job_whose_caller_is_still_to_be_told_is_kept(ledger: Ledger) -> None:
    told = replace(new_job(), terms=Terms(callback_url="http://callers.example/told"))
    job = ended(ledger, job=told)
    for what in get_args(Swept):
        ledger.swept(what, job.id)
    assert ledger.forget(after_s=NOW_S, limit=9) == 0


def test_an_old_idempotency_key_may_be_used_anew(ledger: Ledger) -> None:
    keys = [Idempotency(key=name, fingerprint="f") for name in ("k1", "k2")]
    first = [ledger.insert(new_job(), idempotency=key).id for key in keys]
    assert ledger.forget_keys(after_s=LATER_S, limit=9) == 0
    assert ledger.forget_keys(after_s=NOW_S, limit=1) == 1
    again = [ledger.insert(new_job(), idempotency=key).id for key in keys]
    assert again[0] != first[0]
    assert again[1] == first[1]


def test_jobs_are_known_until_they_are_forgotten(ledger: Ledger, queued: Job) -> None:
    assert ledger.known([queued.id, "nobody"]) == {queued.id}
    assert ledger.page(TENANT) == [queued]
