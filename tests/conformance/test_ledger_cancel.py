"""Cancelling is asked for by callers and done by whoever has the job."""

import pytest

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import EngineFailed, JobUnknown
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import Ledger, Pulse


def test_a_queued_job_is_cancelled_at_once(ledger: Ledger, queued: Job) -> None:
    job = ledger.ask_cancel(queued.id, tenant=TENANT)
    assert job.state is State.CANCELLED
    assert job.finished_at is not None
    assert job.problem is not None
    assert job.problem["name"] == "job-cancelled"
    assert ledger.claim(queued.id, worker="w1", lease_s=60) is None
    assert ledger.releasable(10) == []


def test_the_worker_of_a_running_job_learns_of_it(ledger: Ledger, running: Job) -> None:
    job = ledger.ask_cancel(running.id, tenant=TENANT)
    assert (job.state, job.cancel_asked) == (State.RUNNING, True)
    assert ledger.beat(running.id, attempt=1, lease_s=60) == Pulse(held=True, cancel=True)


def test_a_job_that_has_ended_stays_as_it_is(ledger: Ledger, running: Job) -> None:
    ledger.succeed(running.id, attempt=1, result_key="r", audio_s=1.0)
    ended = ledger.get(running.id)
    assert ledger.ask_cancel(running.id, tenant=TENANT) == ended


def test_a_worker_that_was_done_before_it_learned_of_it_succeeds(
    ledger: Ledger, running: Job
) -> None:
    ledger.ask_cancel(running.id, tenant=TENANT)
    ledger.succeed(running.id, attempt=1, result_key="r", audio_s=1.0)
    assert ledger.get(running.id).state is State.SUCCEEDED


@pytest.mark.parametrize("problem", [None, EngineFailed()], ids=["drain", "loss"])
def test_a_job_that_is_given_back_is_not_tried_again(
    ledger: Ledger, running: Job, problem: EngineFailed | None
) -> None:
    ledger.ask_cancel(running.id, tenant=TENANT)
    ledger.requeue(running.id, attempt=1, problem=problem)
    assert ledger.get(running.id).state is State.CANCELLED


def test_a_job_of_a_silent_worker_is_not_tried_again(ledger: Ledger, expired: Job) -> None:
    ledger.ask_cancel(expired.id, tenant=TENANT)
    assert [job.state for job in ledger.rescue(rerelease_after_s=60)] == [State.CANCELLED]


def test_another_tenant_can_not_cancel(ledger: Ledger, queued: Job) -> None:
    with pytest.raises(JobUnknown):
        ledger.ask_cancel(queued.id, tenant="umbrella")
    assert ledger.get(queued.id) == queued


def test_one_question_tells_how_all_attempts_of_a_worker_stand(
    ledger: Ledger, running: Job
) -> None:
    others = [ledger.insert(new_job()).id for _ in range(2)]
    for job_id in others:
        ledger.claim(job_id, worker="w1", lease_s=60)
    ledger.ask_cancel(running.id, tenant=running.tenant)
    ledger.requeue(others[0], attempt=1)
    ledger.claim(others[0], worker="w2", lease_s=60)
    assert ledger.pulses({running.id: 1, others[0]: 1, others[1]: 1, "unknown": 1}) == {
        running.id: Pulse(held=True, cancel=True),
        others[0]: Pulse(held=False, cancel=False),
        others[1]: Pulse(held=True, cancel=False),
        "unknown": Pulse(held=False, cancel=False),
    }
    assert ledger.pulses({}) == {}
