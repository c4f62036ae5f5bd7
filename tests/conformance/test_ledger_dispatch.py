"""Queued jobs are dispatched once, oldest first, and count as dispatched until they are claimed."""

from collections import Counter
from dataclasses import replace

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_store.ledger import InFlightJob, Ledger
from whisperfarm_store.ledger.available import FULL_LISTS


def test_list_dispatchable_is_oldest_first(ledger: Ledger) -> None:
    ids = [ledger.jobs.insert(new_job()).id for _ in range(3)]
    assert [job.id for job in ledger.dispatch.list_available(2)] == ids[:2]


def test_list_dispatchable_has_the_oldest_of_each_lane(ledger: Ledger) -> None:
    policies = [JobPolicy(lane=lane) for lane in ("bulk", "live", "standard", "live", "live")]
    ids = [ledger.jobs.insert(replace(new_job(), policy=one)).id for one in policies]
    expected = [ids[1], ids[3], ids[2], ids[0]]
    assert [job.id for job in ledger.dispatch.list_available(2, preset="demo")] == expected


def test_list_dispatchable_has_the_oldest_of_each_tenant(ledger: Ledger) -> None:
    tenants = ("umbrella", "acme", "acme", "acme", "globex", "umbrella")
    ids = [ledger.jobs.insert(new_job(tenant=tenant)).id for tenant in tenants]
    ledger.dispatch.mark(ids[4:5])
    expected = [ids[0], ids[1], ids[2], ids[5]]
    assert [job.id for job in ledger.dispatch.list_available(2, preset="demo")] == expected


def test_list_dispatchable_has_fewer_jobs_of_many_tenants(ledger: Ledger) -> None:
    for _ in range(3):
        for number in range(2 * FULL_LISTS):
            ledger.jobs.insert(new_job(tenant=f"tenant-{number}"))
    found = Counter(job.tenant for job in ledger.dispatch.list_available(4, preset="demo"))
    assert list(found.values()) == [2] * 2 * FULL_LISTS


def test_list_urgent_has_the_next_deadlines(ledger: Ledger) -> None:
    ledger.jobs.insert(new_job())
    _, second, first, dispatched = (due(ledger, within_s) for within_s in (900, 600, 60, 30))
    due(ledger, 30, preset="fast")
    ledger.dispatch.mark([dispatched])
    urgent = ledger.dispatch.list_urgent(10, preset="demo", within_s=700)
    assert [job.id for job in urgent] == [first, second]
    [next_one] = ledger.dispatch.list_urgent(1, preset="demo", within_s=700)
    assert next_one.id == first


def due(ledger: Ledger, within_s: float, *, preset: str = "demo") -> str:
    policy = JobPolicy(deadline_s=within_s)
    return ledger.jobs.insert(replace(new_job(preset=preset), policy=policy)).id


def test_list_in_flight_has_running_and_dispatched_jobs(ledger: Ledger) -> None:
    known = replace(new_job().audio, duration_s=60.0)
    running = ledger.jobs.insert(replace(new_job(), audio=known, policy=JobPolicy(lane="live")))
    dispatched, _ = (ledger.jobs.insert(new_job(preset="fast")) for _ in range(2))
    ledger.dispatch.mark([running.id, dispatched.id])
    ledger.attempts.claim(running.id, worker="w1", lease_s=60)
    first, second = ledger.dispatch.list_in_flight()
    assert (first.preset, first.lane, first.audio_s, first.worker) == ("demo", "live", 60.0, "w1")
    assert first.running_s is not None
    assert 0 <= first.running_s < 60
    estimated_s = dispatched.audio.size_bytes / 8000
    assert second == InFlightJob(preset="fast", lane=Lane.STANDARD, audio_s=estimated_s)


def test_dispatched_job_is_not_dispatchable(ledger: Ledger) -> None:
    first, second = (ledger.jobs.insert(new_job()).id for _ in range(2))
    ledger.dispatch.mark([first])
    assert [job.id for job in ledger.dispatch.list_available(10)] == [second]


def test_count_dispatched_excludes_claimed_jobs(ledger: Ledger) -> None:
    ids = [ledger.jobs.insert(new_job()).id for _ in range(3)]
    assert ledger.dispatch.count_unclaimed() == 0
    ledger.dispatch.mark(ids)
    assert ledger.dispatch.count_unclaimed() == 3
    ledger.attempts.claim(ids[0], worker="w1", lease_s=60)
    ledger.jobs.request_cancel(ids[1], tenant=TENANT)
    assert ledger.dispatch.count_unclaimed() == 1


def test_dispatch_is_per_preset(ledger: Ledger) -> None:
    demo, fast = (ledger.jobs.insert(new_job(preset=preset)).id for preset in ("demo", "fast"))
    assert [job.id for job in ledger.dispatch.list_available(10, preset="fast")] == [fast]
    ledger.dispatch.mark([demo])
    assert (
        ledger.dispatch.count_unclaimed(preset="demo"),
        ledger.dispatch.count_unclaimed(preset="fast"),
    ) == (
        1,
        0,
    )


def test_mark_dispatched_ignores_a_claimed_job(ledger: Ledger, running: Job) -> None:
    ledger.dispatch.mark([running.id])
    assert ledger.dispatch.count_unclaimed() == 0


def test_requeued_job_is_dispatchable(ledger: Ledger, queued: Job) -> None:
    ledger.dispatch.mark([queued.id])
    ledger.attempts.claim(queued.id, worker="w1", lease_s=60)
    ledger.attempts.requeue(queued.id, attempt=1, problem=EngineFailed())
    assert [job.id for job in ledger.dispatch.list_available(10)] == [queued.id]


def test_mark_dispatched_accepts_no_jobs(ledger: Ledger, queued: Job) -> None:
    ledger.dispatch.mark([])
    assert [job.id for job in ledger.dispatch.list_available(10)] == [queued.id]


def test_concurrent_mark_dispatched_gives_one_winner(ledger: Ledger, queued: Job) -> None:
    assert ledger.dispatch.mark([queued.id]) == {queued.id}
    assert ledger.dispatch.mark([queued.id]) == set()


def test_unmark_dispatched_makes_a_job_dispatchable(ledger: Ledger, queued: Job) -> None:
    ledger.dispatch.mark([queued.id])
    ledger.dispatch.unmark([queued.id])
    assert [job.id for job in ledger.dispatch.list_available(10)] == [queued.id]
    assert ledger.dispatch.count_unclaimed() == 0
