"""Calls, files, tenants and deadlines together, on slots that a loop empties."""

from collections.abc import Iterable

from tests.support.queued_jobs import queued_job, queued_jobs
from whisperfarm_contract.lanes import Lane
from whisperfarm_dispatcher.order.policy import DispatchPolicy
from whisperfarm_dispatcher.order.queued_job import URGENT_SLACK_S, QueuedJob
from whisperfarm_dispatcher.order.reserve import ACTIVE_FOR_S
from whisperfarm_dispatcher.order.slots import InFlight

LIVE, STANDARD, BULK = Lane
NOW_S = 1000.0


def run(jobs: Iterable[QueuedJob], *, slots: int, step_s: float = 1.0) -> dict[str, float]:
    """Run all jobs, which wait from the beginning, and return when each starts, by id."""
    policy, waiting, now_s = DispatchPolicy(), list(jobs), 0.0
    broker: list[QueuedJob] = []
    running: list[tuple[QueuedJob, float]] = []
    starts: dict[str, float] = {}
    while waiting or broker or running:
        running = [(job, at) for job, at in running if at + job.work_s > now_s]
        in_flight = [
            *(InFlight(lane=j.lane, work_s=j.work_s, running_s=now_s - at) for j, at in running),
            *(InFlight(lane=job.lane, work_s=job.work_s) for job in broker),
        ]
        chosen = policy.choose(waiting, in_flight, slots=slots, now_s=now_s)
        waiting = [job for job in waiting if job not in chosen]
        broker += chosen
        while broker and len(running) < slots:
            running.append((broker.pop(0), now_s))
            starts[running[-1][0].id] = now_s
        now_s += step_s
    return starts


def test_three_hour_file_and_forty_calls_progress_together() -> None:
    file, calls = queued_job(BULK, work_s=600.0), queued_jobs(40, LIVE, work_s=2.0)
    starts = run([file, *calls], slots=2)
    assert starts[file.id] < 10
    assert max(starts[call.id] for call in calls) < 2 * 40


def test_calls_do_not_wait_for_an_archive() -> None:
    files = queued_jobs(20, BULK, tenant="archive", work_s=600.0)
    calls = queued_jobs(100, LIVE, work_s=2.0)
    starts = run([*files, *calls], slots=4)
    assert max(starts[call.id] for call in calls) <= 2.0 * 100 / 2
    last_call = max(starts[call.id] for call in calls)
    assert [starts[file.id] <= last_call + 2.0 for file in files].count(True) == 3


def first(policy: DispatchPolicy, jobs: list[QueuedJob], *, now_s: float = NOW_S) -> QueuedJob:
    busy = InFlight(lane=LIVE, work_s=100.0, running_s=0.0)
    return policy.choose(jobs, [busy], slots=2, now_s=now_s)[0]


def test_job_with_a_deadline_is_first_when_it_nears() -> None:
    calls = queued_jobs(20, LIVE, work_s=10.0)
    due = queued_job(BULK, work_s=10.0, deadline_at=NOW_S + 10.0 + URGENT_SLACK_S)
    assert first(DispatchPolicy(), [*calls, due]) == calls[0]
    assert first(DispatchPolicy(), [*calls, due], now_s=NOW_S + 1).id == due.id


def test_earliest_of_two_deadlines_is_first() -> None:
    late, early = (queued_job(deadline_at=NOW_S + after_s) for after_s in (90.0, 60.0))
    assert first(DispatchPolicy(), [late, early]).id == early.id


def test_deadline_does_not_lift_a_job_above_its_tenants_lane() -> None:
    due = queued_job(BULK, deadline_at=NOW_S, highest=BULK)
    live = queued_job(LIVE, tenant="umbrella")
    assert first(DispatchPolicy(), [due, live]) == live


def test_deadlines_of_a_tenant_do_not_hold_up_another() -> None:
    policy, due = DispatchPolicy(), queued_jobs(1000, LIVE, work_s=9.0, deadline_at=NOW_S)
    assert first(policy, due).tenant == "acme"
    call = queued_job(LIVE, tenant="umbrella", work_s=9.0)
    assert first(policy, [*due[1:], call]) == call


def test_lane_keeps_its_reserve_for_an_hour() -> None:
    policy, files = DispatchPolicy(), queued_jobs(8, BULK, work_s=600.0)
    policy.choose([queued_job(LIVE)], [], slots=4, now_s=0.0)
    assert len(policy.choose(files, [], slots=4, now_s=ACTIVE_FOR_S)) == 3
    assert len(policy.choose(files, [], slots=4, now_s=ACTIVE_FOR_S + 1)) == 4
