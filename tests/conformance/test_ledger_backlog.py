"""The backlog and the throughput are counted by tenant and preset."""

from dataclasses import replace

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import GroupLoad, Idempotency, JobsAhead, Ledger, Workload

LIVE, STANDARD, BULK = Lane
DEMO, HIGH = ("demo", STANDARD), ("high", STANDARD)


def accepted(
    ledger: Ledger,
    seconds: float | None,
    *,
    preset: str = "demo",
    size_bytes: int = 32_044,
    lane: Lane = STANDARD,
) -> Job:
    job = new_job(preset=preset)
    audio = replace(job.audio, duration_s=seconds, size_bytes=size_bytes)
    return ledger.jobs.insert(replace(job, audio=audio, policy=JobPolicy(lane=lane)))


def share(
    state: JobState, jobs: int, audio_s: float, *, estimated_s: float = 0.0, preset: str = "demo"
) -> GroupLoad:
    load = Workload(jobs=jobs, audio_s=audio_s, estimated_s=estimated_s)
    return GroupLoad(tenant=TENANT, preset=preset, state=state, load=load)


def test_backlog_counts_unfinished_jobs(ledger: Ledger) -> None:
    first, ended, *_ = [accepted(ledger, 10.0) for _ in range(4)]
    accepted(ledger, None, size_bytes=8_000)
    accepted(ledger, 7.0, preset="fast")
    for job in (first, ended):
        ledger.attempts.claim(job.id, worker="w", lease_s=60)
    ledger.attempts.succeed(ended.id, attempt=1, result_key="r", audio_s=10.0)
    assert sorted(ledger.backlog.group_loads(), key=lambda one: (one.preset, one.state)) == [
        share(JobState.QUEUED, 3, 20.0, estimated_s=1.0),
        share(JobState.RUNNING, 1, 10.0),
        share(JobState.QUEUED, 1, 7.0, preset="fast"),
    ]


def test_unknown_duration_is_estimated_until_measured(
    ledger: Ledger,
) -> None:
    job = accepted(ledger, None, size_bytes=16_000)
    accepted(ledger, None, size_bytes=4_000)
    accepted(ledger, None, size_bytes=8 * 10**9)  # a video: audio is a small part of its bytes
    ledger.attempts.claim(job.id, worker="w", lease_s=60)
    queued = share(JobState.QUEUED, 2, 0.0, estimated_s=3600.5)
    by_state = {one.state: one for one in ledger.backlog.group_loads()}
    assert by_state[JobState.QUEUED] == queued
    assert by_state[JobState.RUNNING] == share(JobState.RUNNING, 1, 0.0, estimated_s=2.0)
    ledger.attempts.heartbeat(job.id, attempt=1, lease_s=60, audio_s=5.0)
    by_state = {one.state: one for one in ledger.backlog.group_loads()}
    assert by_state[JobState.QUEUED] == queued
    assert by_state[JobState.RUNNING] == share(JobState.RUNNING, 1, 5.0)


def test_estimated_duration_counts_until_measured(ledger: Ledger) -> None:
    job = new_job()
    audio = replace(job.audio, duration_s=3600.0, duration_is_estimated=True)
    job = ledger.jobs.insert(replace(job, audio=audio))
    assert ledger.backlog.group_loads() == [share(JobState.QUEUED, 1, 3600.0)]
    ledger.attempts.claim(job.id, worker="w", lease_s=60)
    ledger.attempts.heartbeat(job.id, attempt=1, lease_s=60, audio_s=5.0)
    assert ledger.backlog.group_loads() == [share(JobState.RUNNING, 1, 5.0)]
    assert not ledger.jobs.get(job.id).audio.duration_is_estimated


def test_throughput_counts_recently_finished_jobs(ledger: Ledger) -> None:
    done, failed, cancelled = (accepted(ledger, 10.0) for _ in range(3))
    for job in (done, failed):
        ledger.attempts.claim(job.id, worker="w", lease_s=60)
    ledger.attempts.succeed(done.id, attempt=1, result_key="r", audio_s=12.0)
    ledger.attempts.fail(failed.id, attempt=1, problem=EngineFailed())
    ledger.jobs.request_cancel(cancelled.id, tenant=TENANT)
    [drained] = ledger.backlog.throughput(within_s=300)
    assert (drained.tenant, drained.preset) == (TENANT, "demo")
    assert drained.load == Workload(jobs=2, audio_s=22.0)
    assert 0 <= drained.busy_s < 300
    assert 1.0 <= drained.window_s < 300
    assert ledger.backlog.throughput(within_s=-60) == []


def test_jobs_ahead_counts_older_queued_jobs_of_the_preset(ledger: Ledger) -> None:
    out, running, waiting = (accepted(ledger, 10.0) for _ in range(3))
    accepted(ledger, 10.0, preset="fast")
    mine = accepted(ledger, 10.0)
    accepted(ledger, 10.0)
    ledger.dispatch.mark([out.id])
    ledger.attempts.claim(running.id, worker="w", lease_s=60)
    ten_s = Workload(jobs=1, audio_s=10.0)
    assert ledger.backlog.jobs_ahead(mine) == JobsAhead(in_broker=ten_s, older=ten_s)
    assert ledger.backlog.jobs_ahead(waiting) == JobsAhead(in_broker=ten_s, older=Workload())
    assert ledger.backlog.jobs_ahead(out) == JobsAhead(in_broker=Workload(), older=None)


def test_jobs_ahead_stops_at_the_limit(ledger: Ledger) -> None:
    for seconds in (1.0, 2.0, 4.0):
        accepted(ledger, seconds)
    ahead = ledger.backlog.jobs_ahead(accepted(ledger, 8.0), limit=2)
    assert ahead.older == Workload(jobs=2, audio_s=3.0)


def test_jobs_ahead_are_those_of_the_tenant_and_lane_and_of_the_broker(ledger: Ledger) -> None:
    out, later = (accepted(ledger, seconds, lane=BULK) for seconds in (1.0, 2.0))
    accepted(ledger, 4.0, lane=BULK)
    accepted(ledger, 8.0)
    ledger.jobs.insert(replace(new_job(tenant="umbrella"), policy=JobPolicy(lane=BULK)))
    mine = accepted(ledger, 16.0, lane=BULK)
    ledger.dispatch.mark([out.id])
    assert ledger.backlog.jobs_ahead(mine) == JobsAhead(
        in_broker=Workload(jobs=1, audio_s=1.0), older=Workload(jobs=2, audio_s=6.0)
    )
    ledger.dispatch.mark([later.id])
    assert ledger.backlog.jobs_ahead(later) == JobsAhead(
        in_broker=Workload(jobs=1, audio_s=1.0), older=None
    )


def test_backlog_is_counted_by_lane(ledger: Ledger) -> None:
    for seconds, lane in ((1.0, LIVE), (2.0, BULK), (4.0, BULK)):
        accepted(ledger, seconds, lane=lane)
    accepted(ledger, None, size_bytes=8_000, lane=BULK)
    assert {one.lane: one.load for one in ledger.backlog.group_loads()} == {
        LIVE: Workload(jobs=1, audio_s=1.0),
        BULK: Workload(jobs=3, audio_s=6.0, estimated_s=1.0),
    }
    assert ledger.backlog.oldest_queued_s().keys() == {("demo", LIVE), ("demo", BULK)}


def test_key_exists_after_a_job_was_inserted(ledger: Ledger) -> None:
    assert not ledger.jobs.key_exists(TENANT, "k")
    ledger.jobs.insert(new_job(), idempotency=Idempotency(key="k", fingerprint="f"))
    assert ledger.jobs.key_exists(TENANT, "k")
    assert not ledger.jobs.key_exists("umbrella", "k")


def test_empty_ledger_has_no_backlog(ledger: Ledger) -> None:
    assert (ledger.backlog.group_loads(), ledger.backlog.throughput(within_s=60)) == ([], [])


def test_oldest_queued_s_has_each_preset(ledger: Ledger) -> None:
    assert ledger.backlog.oldest_queued_s() == {}
    out, taken, _ = (accepted(ledger, 1.0) for _ in range(3))
    accepted(ledger, 1.0, preset="fast")
    first = ledger.backlog.oldest_queued_s()
    ledger.dispatch.mark([out.id, taken.id])
    second = ledger.backlog.oldest_queued_s()
    assert first.keys() == second.keys() == {DEMO, ("fast", STANDARD)}
    assert first[DEMO] >= first["fast", STANDARD] >= 0
    assert second[DEMO] >= first[DEMO]
    ledger.attempts.claim(taken.id, worker="w", lease_s=60)
    for job in (out, taken):
        ledger.jobs.request_cancel(job.id, tenant=TENANT)
    third = accepted(ledger, 1.0, preset="high")
    third_s = ledger.backlog.oldest_queued_s()
    assert third_s[HIGH] < third_s[DEMO]
    ledger.attempts.claim(third.id, worker="w", lease_s=60)
    assert HIGH not in ledger.backlog.oldest_queued_s()
