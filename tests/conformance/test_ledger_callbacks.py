"""Callbacks are tried by one at a time, and what came of it is noted once."""

import json
from dataclasses import replace

import pytest

from tests.support.jobs import TENANT, new_job
from tests.support.threads import run_concurrently
from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.problems import JobUnknown
from whisperfarm_store.ledger import Callback, Ledger, Outcome

ADDRESS = "https://example.com/told"
GONE = Outcome(status=410, error="gone", stop=True)


def told(ledger: Ledger, *, address: str = ADDRESS, tenant: str = TENANT) -> str:
    """A job that has ended, with one callback."""
    job = replace(new_job(tenant=tenant), terms=Terms(callback_url=address))
    ledger.insert(job)
    ledger.ask_cancel(job.id, tenant=tenant)
    return job.id


def take(ledger: Ledger, *, lease_s: float = 60) -> Callback:
    taken = ledger.take_callback(lease_s=lease_s)
    assert taken is not None
    return taken


def only(ledger: Ledger, job_id: str) -> Callback:
    [one] = ledger.callbacks(job_id, tenant=TENANT)
    return one


def test_there_is_nothing_to_try_before_a_job_has_ended(ledger: Ledger) -> None:
    ledger.insert(replace(new_job(), terms=Terms(callback_url=ADDRESS)))
    assert ledger.take_callback(lease_s=60) is None


def test_those_that_are_still_to_be_tried_are_counted(ledger: Ledger) -> None:
    assert ledger.callbacks_waiting() == 0
    for _ in range(2):
        told(ledger)
    ledger.callback_tried(take(ledger), Outcome(status=500, error="no", again_in_s=60))
    assert ledger.callbacks_waiting() == 2
    ledger.callback_tried(take(ledger), Outcome(status=204))
    assert ledger.callbacks_waiting() == 1


def test_one_that_is_being_tried_is_nobody_elses(ledger: Ledger) -> None:
    job_id = told(ledger)
    taken = take(ledger)
    assert (taken.job_id, taken.tries, taken.stopped) == (job_id, 1, False)
    assert json.loads(taken.body)["type"] == "job.cancelled"
    assert ledger.take_callback(lease_s=60) is None


def test_one_whose_try_was_never_heard_of_is_tried_again_under_the_same_id(ledger: Ledger) -> None:
    told(ledger)
    first = take(ledger, lease_s=-1)
    second = take(ledger)
    assert (second.id, second.tries) == (first.id, 2)


def test_of_all_who_try_at_once_each_gets_another(ledger: Ledger) -> None:
    jobs = {told(ledger) for _ in range(8)}
    taken = run_concurrently(8, lambda _: take(ledger).job_id)
    assert set(taken) == jobs


def test_a_receiver_that_is_busy_is_left_alone(ledger: Ledger) -> None:
    told(ledger)
    other = told(ledger, address="https://example.org/told")
    taken = ledger.take_callback(lease_s=60, busy=["example.com"])
    assert taken is not None
    assert taken.job_id == other
    assert ledger.take_callback(lease_s=60, busy=["example.com"]) is None


def test_a_delivered_one_is_over(ledger: Ledger) -> None:
    job_id = told(ledger)
    ledger.callback_tried(take(ledger, lease_s=-1), Outcome(status=204))
    one = only(ledger, job_id)
    assert (one.state, one.last_status, one.last_error, one.next_at) == (
        "delivered", 204, None, None,
    )  # fmt: skip
    assert one.ended_at is not None
    assert ledger.take_callback(lease_s=60) is None


def test_a_failed_one_is_due_again_when_it_was_said(ledger: Ledger) -> None:
    job_id = told(ledger)
    ledger.callback_tried(take(ledger), Outcome(status=500, error="down", again_in_s=60))
    one = only(ledger, job_id)
    assert (one.state, one.last_status, one.last_error) == ("pending", 500, "down")
    assert one.next_at is not None
    assert one.next_at - one.created_at == pytest.approx(60, abs=30)
    assert ledger.take_callback(lease_s=60) is None


def test_one_that_failed_for_the_last_time_is_over(ledger: Ledger) -> None:
    job_id = told(ledger)
    ledger.callback_tried(take(ledger, lease_s=-1), Outcome(error="down"))
    assert only(ledger, job_id).state == "failed"
    assert ledger.take_callback(lease_s=60) is None


def test_a_late_word_of_an_earlier_try_counts_for_nothing(ledger: Ledger) -> None:
    job_id = told(ledger)
    early, late = take(ledger, lease_s=-1), take(ledger)
    ledger.callback_tried(early, Outcome(error="down"))
    assert only(ledger, job_id).state == "pending"
    ledger.callback_tried(late, Outcome(status=200))
    ledger.callback_tried(late, Outcome(error="down"))
    assert only(ledger, job_id).state == "delivered"


def test_a_receiver_that_wants_no_more_is_known_for_all_its_callbacks(ledger: Ledger) -> None:
    told(ledger)
    ledger.callback_tried(take(ledger), GONE)
    told(ledger)
    assert take(ledger).stopped
    told(ledger, address="https://example.com/else")
    assert not take(ledger).stopped
    told(ledger, tenant="umbrella")
    assert not take(ledger).stopped


def test_sending_again_by_hand_begins_anew_under_the_same_id(ledger: Ledger) -> None:
    job_id = told(ledger)
    first = take(ledger)
    ledger.callback_tried(first, Outcome(error="down"))
    [again] = ledger.replay_callbacks(job_id, tenant=TENANT)
    assert (again.state, again.tries_before, again.ended_at) == ("pending", 1, None)
    taken = take(ledger)
    assert (taken.id, taken.tries, taken.tries_before) == (first.id, 2, 1)
    assert taken.replayed_at is not None


def test_a_receiver_that_takes_one_sent_by_hand_gets_callbacks_again(ledger: Ledger) -> None:
    job_id = told(ledger)
    ledger.callback_tried(take(ledger), GONE)
    ledger.replay_callbacks(job_id, tenant=TENANT)
    replayed = take(ledger)
    assert replayed.stopped
    ledger.callback_tried(replayed, Outcome(status=200))
    told(ledger)
    assert not take(ledger).stopped


def test_another_tenant_can_not_send_again(ledger: Ledger) -> None:
    job_id = told(ledger)
    with pytest.raises(JobUnknown):
        ledger.replay_callbacks(job_id, tenant="umbrella")
    assert only(ledger, job_id).replayed_at is None
