"""One dispatcher at a time tries a forward, and its outcome is recorded once."""

import pytest

from tests.support.concurrency import run_concurrently
from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.forwarding import ForwardState
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import EngineFailed, ResultExpired
from whisperfarm_contract.revisions.revision import RevisionKind
from whisperfarm_store.ledger import Forward, Ledger, NewRevision
from whisperfarm_store.ledger.forwards import updates

WAITING, SENT, ERASING = ForwardState.WAITING, ForwardState.SENT, ForwardState.ERASING
OF_HUB = NewRevision(
    kind=RevisionKind.HUB, parent=1, author="hub:h1", key="r/hub", size_bytes=2, sha256="cd" * 32
)


def succeeded(ledger: Ledger) -> Job:
    job = ledger.jobs.insert(new_job(), forward=True)
    ledger.attempts.claim(job.id, worker="w", lease_s=60)
    ledger.attempts.succeed(job.id, attempt=1, result_key="r", audio_s=1.0)
    return job


def take(ledger: Ledger, *states: ForwardState, lease_s: float = 60) -> Forward:
    taken = ledger.forwards.claim(states or (WAITING, SENT), lease_s=lease_s)
    assert taken is not None
    return taken


def sent(ledger: Ledger) -> Forward:
    succeeded(ledger)
    assert ledger.forwards.record_accepted(take(ledger), hub="hub", hub_job="h1", sent_bytes=9)
    return take(ledger)


def state(ledger: Ledger, forward: Forward) -> ForwardState:
    found = ledger.forwards.find(forward.job_id, tenant=TENANT)
    assert found is not None
    return found.state


def erase(ledger: Ledger, job_id: str) -> None:
    ledger.erasures.request(job_id, tenant=TENANT, reason="request")


def test_forward_is_due_once_its_job_has_ended(ledger: Ledger) -> None:
    job = ledger.jobs.insert(new_job(), forward=True)
    assert ledger.forwards.claim([WAITING], lease_s=60) is None
    ledger.attempts.claim(job.id, worker="w", lease_s=60)
    ledger.attempts.fail(job.id, attempt=1, problem=EngineFailed("broken"))
    assert take(ledger).job_id == job.id


def test_job_that_is_not_selected_has_no_forward(ledger: Ledger) -> None:
    job = ledger.jobs.insert(new_job())
    assert ledger.forwards.find(job.id, tenant=TENANT) is None


def test_two_dispatchers_never_claim_one_forward(ledger: Ledger) -> None:
    jobs = {succeeded(ledger).id for _ in range(4)}
    claims = run_concurrently(8, lambda _: ledger.forwards.claim([WAITING], lease_s=60))
    claimed = [one.job_id for one in claims if one is not None]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) <= jobs


def test_outcome_of_an_earlier_claim_is_not_recorded(ledger: Ledger) -> None:
    succeeded(ledger)
    lost = take(ledger, lease_s=0)
    take(ledger)
    assert not ledger.forwards.record(lost, updates.progressed(sent_bytes=5))
    assert not ledger.forwards.record_accepted(lost, hub="hub", hub_job="h1", sent_bytes=5)


def test_transcript_of_the_hub_is_inserted_once(ledger: Ledger) -> None:
    forward = sent(ledger)
    assert ledger.forwards.succeed(forward, OF_HUB)
    assert not ledger.forwards.succeed(forward, OF_HUB)
    job = ledger.jobs.get(forward.job_id)
    assert [one.kind for one in ledger.revisions.list(job)] == ["machine", "hub"]
    assert state(ledger, forward) is ForwardState.SUCCEEDED


def test_transcript_for_a_deleted_one_leaves_the_forward_open(ledger: Ledger) -> None:
    forward = sent(ledger)
    ledger.retention.mark_deleted("results", forward.job_id)
    with pytest.raises(ResultExpired):
        ledger.forwards.succeed(forward, OF_HUB)
    assert state(ledger, forward) is SENT


def test_erased_job_that_was_not_tried_is_not_sent(ledger: Ledger) -> None:
    job = succeeded(ledger)
    erase(ledger, job.id)
    assert ledger.forwards.claim([WAITING, ERASING], lease_s=60) is None


def test_deletion_at_the_hub_waits_for_the_try_in_progress(ledger: Ledger) -> None:
    forward = sent(ledger)
    erase(ledger, forward.job_id)
    assert ledger.forwards.claim([ERASING], lease_s=60) is None
    assert not ledger.forwards.succeed(forward, OF_HUB)
    erasing = take(ledger, ERASING)
    assert (erasing.job_id, erasing.hub_job) == (forward.job_id, "h1")
    assert ledger.forwards.record_erased(erasing, hub="hub", hub_job="h1")
    assert state(ledger, forward) is ForwardState.ERASED


def test_job_with_an_open_forward_is_not_deleted(ledger: Ledger) -> None:
    forward = sent(ledger)
    erase(ledger, forward.job_id)
    for artifact in ("audio", "results"):
        ledger.retention.mark_deleted(artifact, forward.job_id)
    assert ledger.retention.delete_jobs(after_s=-60, limit=9) == 0
    assert not ledger.forwards.record(forward, updates.postponed(retry_in_s=1))
    ledger.forwards.record_erased(take(ledger, ERASING), hub="hub", hub_job="h1")
    assert ledger.retention.delete_jobs(after_s=-60, limit=9) == 1


def test_totals_count_states_and_bytes(ledger: Ledger) -> None:
    job = succeeded(ledger)
    forward = take(ledger)
    ledger.forwards.record(forward, updates.progressed(sent_bytes=44))
    ledger.forwards.record(take(ledger), updates.retried("no link", retry_in_s=60))
    totals = ledger.forwards.totals()
    assert totals.by_state[WAITING] == 1
    assert (totals.waiting_bytes, totals.sent_bytes) == (job.audio.size_bytes - 44, 44)
    assert totals.failing == 1
    assert totals.oldest_waiting_s >= 0
