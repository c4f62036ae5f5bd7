"""One dispatcher at a time tries a callback, and its outcome is recorded once."""

import json
from dataclasses import replace

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_store.ledger import Callback, DeliveryResult, Ledger

ADDRESS = "https://example.com/callback"
GONE = DeliveryResult(status=410, error="gone", unsubscribe=True)


def received(ledger: Ledger, *, address: str = ADDRESS, tenant: str = TENANT) -> str:
    """Insert and finish a job with one callback."""
    job = replace(new_job(tenant=tenant), policy=JobPolicy(callback_url=address))
    ledger.jobs.insert(job)
    ledger.jobs.request_cancel(job.id, tenant=tenant)
    return job.id


def take(ledger: Ledger, *, lease_s: float = 60) -> Callback:
    taken = ledger.callbacks.claim(lease_s=lease_s)
    assert taken is not None
    return taken


def only(ledger: Ledger, job_id: str) -> Callback:
    [one] = ledger.callbacks.list_for_job(job_id, tenant=TENANT)
    return one


def test_claim_callback_returns_none_before_the_job_finishes(ledger: Ledger) -> None:
    ledger.jobs.insert(replace(new_job(), policy=JobPolicy(callback_url=ADDRESS)))
    assert ledger.callbacks.claim(lease_s=60) is None


def test_pending_callbacks_are_counted(ledger: Ledger) -> None:
    assert ledger.callbacks.count_pending() == 0
    for _ in range(2):
        received(ledger)
    ledger.callbacks.record_delivery(
        take(ledger), DeliveryResult(status=500, error="no", retry_in_s=60)
    )
    assert ledger.callbacks.count_pending() == 2
    ledger.callbacks.record_delivery(take(ledger), DeliveryResult(status=204))
    assert ledger.callbacks.count_pending() == 1


def test_claimed_callback_is_not_claimed_again(ledger: Ledger) -> None:
    job_id = received(ledger)
    taken = take(ledger)
    assert (taken.job_id, taken.tries, taken.unsubscribed) == (job_id, 1, False)
    assert json.loads(taken.body)["type"] == "job.cancelled"
    assert ledger.callbacks.claim(lease_s=60) is None


def test_callback_has_the_warnings_of_the_transcript(ledger: Ledger) -> None:
    job = ledger.jobs.insert(replace(new_job(), policy=JobPolicy(callback_url=ADDRESS)))
    ledger.attempts.claim(job.id, worker="w", lease_s=60)
    warnings = ("the recording is cut short",)
    ledger.attempts.succeed(job.id, attempt=1, result_key="r", audio_s=1.0, warnings=warnings)
    assert json.loads(take(ledger).body)["data"]["warnings"] == list(warnings)


def test_expired_callback_claim_keeps_its_id(ledger: Ledger) -> None:
    received(ledger)
    first = take(ledger, lease_s=-1)
    second = take(ledger)
    assert (second.id, second.tries) == (first.id, 2)


def test_concurrent_claims_give_different_callbacks(ledger: Ledger) -> None:
    jobs = {received(ledger) for _ in range(8)}
    taken = run_concurrently(8, lambda _: take(ledger).job_id)
    assert set(taken) == jobs


def test_busy_endpoint_is_skipped(ledger: Ledger) -> None:
    received(ledger)
    other = received(ledger, address="https://example.org/callback")
    taken = ledger.callbacks.claim(lease_s=60, busy=["example.com"])
    assert taken is not None
    assert taken.job_id == other
    assert ledger.callbacks.claim(lease_s=60, busy=["example.com"]) is None


def test_delivered_callback_is_final(ledger: Ledger) -> None:
    job_id = received(ledger)
    ledger.callbacks.record_delivery(take(ledger, lease_s=-1), DeliveryResult(status=204))
    one = only(ledger, job_id)
    assert (one.state, one.last_status, one.last_error, one.next_at) == (
        "delivered", 204, None, None,
    )  # fmt: skip
    assert one.finished_at is not None
    assert ledger.callbacks.claim(lease_s=60) is None


def test_failed_callback_is_due_at_its_retry_time(ledger: Ledger) -> None:
    job_id = received(ledger)
    ledger.callbacks.record_delivery(
        take(ledger), DeliveryResult(status=500, error="down", retry_in_s=60)
    )
    one = only(ledger, job_id)
    assert (one.state, one.last_status, one.last_error) == ("pending", 500, "down")
    assert one.next_at is not None
    assert one.next_at - one.created_at == pytest.approx(60, abs=30)
    assert ledger.callbacks.claim(lease_s=60) is None


def test_last_failure_is_final(ledger: Ledger) -> None:
    job_id = received(ledger)
    ledger.callbacks.record_delivery(take(ledger, lease_s=-1), DeliveryResult(error="down"))
    assert only(ledger, job_id).state == "failed"
    assert ledger.callbacks.claim(lease_s=60) is None


def test_result_of_an_earlier_try_is_ignored(ledger: Ledger) -> None:
    job_id = received(ledger)
    early, late = take(ledger, lease_s=-1), take(ledger)
    ledger.callbacks.record_delivery(early, DeliveryResult(error="down"))
    assert only(ledger, job_id).state == "pending"
    ledger.callbacks.record_delivery(late, DeliveryResult(status=200))
    ledger.callbacks.record_delivery(late, DeliveryResult(error="down"))
    assert only(ledger, job_id).state == "delivered"


def test_unsubscribed_endpoint_marks_all_its_callbacks(ledger: Ledger) -> None:
    received(ledger)
    ledger.callbacks.record_delivery(take(ledger), GONE)
    received(ledger)
    assert take(ledger).unsubscribed
    received(ledger, address="https://example.com/else")
    assert not take(ledger).unsubscribed
    received(ledger, tenant="umbrella")
    assert not take(ledger).unsubscribed


def test_replay_starts_again_with_the_same_id(ledger: Ledger) -> None:
    job_id = received(ledger)
    first = take(ledger)
    ledger.callbacks.record_delivery(first, DeliveryResult(error="down"))
    [again] = ledger.callbacks.replay(job_id, tenant=TENANT)
    assert (again.state, again.tries_before_replay, again.finished_at) == ("pending", 1, None)
    taken = take(ledger)
    assert (taken.id, taken.tries, taken.tries_before_replay) == (first.id, 2, 1)
    assert taken.replayed_at is not None


def test_delivered_replay_subscribes_the_endpoint_again(ledger: Ledger) -> None:
    job_id = received(ledger)
    ledger.callbacks.record_delivery(take(ledger), GONE)
    ledger.callbacks.replay(job_id, tenant=TENANT)
    replayed = take(ledger)
    assert replayed.unsubscribed
    ledger.callbacks.record_delivery(replayed, DeliveryResult(status=200))
    received(ledger)
    assert not take(ledger).unsubscribed


def test_replay_rejects_another_tenant(ledger: Ledger) -> None:
    job_id = received(ledger)
    with pytest.raises(JobNotFound):
        ledger.callbacks.replay(job_id, tenant="umbrella")
    assert only(ledger, job_id).replayed_at is None


def test_reply_queue_alone_gets_the_transcript(ledger: Ledger) -> None:
    reply_to = {"exchange": "all", "queue": "mine", "result": "inline"}
    job = replace(new_job(), reply_to=reply_to)
    ledger.jobs.insert(job)
    ledger.jobs.request_cancel(job.id, tenant=TENANT)
    found = ledger.callbacks.list_for_job(job.id, tenant=TENANT)
    results = {one.address: (one.result, one.result_key) for one in found}
    assert results == {"queue:mine": ("inline", None), "exchange:all": (None, None)}
