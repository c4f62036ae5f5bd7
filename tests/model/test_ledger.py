"""The ledger behaves as the reference model in random sequences of calls, on each database.

`MODEL_EXAMPLES` is the number of sequences; the default is a few, the same in each run.
"""

import os
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.model.databases import HOUR_S, Database, opened
from tests.model.reference_model import ModelJob, ReferenceModel, Rejected
from tests.servers.postgresql import PostgresqlServer
from whisperfarm_contract.job import Audio, Job, Progress
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import EngineFailed, Problem
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import Idempotency, JobFilter, Ledger, Pause

MANY = os.environ.get("MODEL_EXAMPLES")
SETTINGS = settings(
    max_examples=int(MANY or 10),
    stateful_step_count=40,
    phases=(Phase.generate, Phase.shrink) if MANY else (Phase.generate,),
    derandomize=MANY is None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)

TENANTS, PRESETS = ("acme", "umbrella"), ("demo", "fast")
REASON = EngineFailed("the engine stumbled")

a_tenant, a_preset = st.sampled_from(TENANTS), st.sampled_from(PRESETS)
any_preset = st.sampled_from((None, *PRESETS))
a_key = st.sampled_from((None, None, "k1", "k2"))
a_fingerprint = st.sampled_from(("f1", "f1", "f2"))
a_reference = st.sampled_from((None, None, "call 17", "call 18"))
a_lease_h = st.sampled_from((-0.5, 1.5, 3.5))
a_dispatcher = st.integers(0, 1)


class LedgerMachine(RuleBasedStateMachine):
    """Calls the ledger and the model alike, and compares them after each call."""

    jobs: Bundle[str] = Bundle("jobs")
    claims: Bundle[tuple[str, int]] = Bundle("claims")

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database
        self.model = ReferenceModel()
        self.seen: dict[str, Job] = {}
        self.accepted = 0

    @initialize()
    def begin_empty(self) -> None:
        self.database.empty()

    @rule(
        target=jobs,
        tenant=a_tenant,
        preset=a_preset,
        max_attempts=st.integers(1, 3),
        deadline_h=st.sampled_from((None, None, 1.7, 5.7)),
        reference=a_reference,
        key=a_key,
        fingerprint=a_fingerprint,
        which=a_dispatcher,
    )
    def insert(  # noqa: PLR0917
        self,
        tenant: str,
        preset: str,
        max_attempts: int,
        deadline_h: float | None,
        reference: str | None,
        key: str | None,
        fingerprint: str,
        which: int,
    ) -> object:
        self.accepted += 1
        new = ModelJob(
            id=f"job-{self.accepted:04d}",
            tenant=tenant,
            preset=preset,
            max_attempts=max_attempts,
            reference=reference,
            deadline_h=None if deadline_h is None else self.model.now_h + deadline_h,
        )
        idempotency = Idempotency(key=key, fingerprint=fingerprint) if key else None
        entered = both(
            lambda: self.model.insert(new, key=key, fingerprint=fingerprint),
            lambda: (
                self.ledger(which).jobs.insert(job_of(new, deadline_h), idempotency=idempotency).id
            ),
        )
        return new.id if entered == new.id else multiple()

    @rule(target=claims, job_id=jobs, lease_h=a_lease_h, which=a_dispatcher)
    def claim(self, job_id: str, lease_h: float, which: int) -> object:
        return self.take(job_id, lease_h, which)

    @rule(target=claims, job_id=jobs, lease_h=a_lease_h, which=a_dispatcher)
    def claim_if_no_worker_died_under_it(self, job_id: str, lease_h: float, which: int) -> object:
        return self.take(job_id, lease_h, which, skip_suspects=True)

    def take(
        self, job_id: str, lease_h: float, which: int, *, skip_suspects: bool = False
    ) -> object:
        expected = self.model.claim(job_id, lease_h=lease_h, skip_suspects=skip_suspects)
        job = self.ledger(which).attempts.claim(
            job_id, worker="w", lease_s=lease_h * HOUR_S, skip_suspects=skip_suspects
        )
        assert (job and job.attempt) == expected
        return multiple() if expected is None else (job_id, expected)

    @rule(target=claims, preset=any_preset, lease_h=a_lease_h, which=a_dispatcher)
    def claim_the_oldest_through_the_broker(
        self, preset: str | None, lease_h: float, which: int
    ) -> object:
        self.release_the_oldest(preset, 1, which)
        waiting = [job for job in self.model.jobs.values() if job.dispatched_h is not None]
        return self.take(waiting[0].id, lease_h, which) if waiting else multiple()

    @rule(claim=claims, lease_h=a_lease_h, which=a_dispatcher)
    def heartbeat(self, claim: tuple[str, int], lease_h: float, which: int) -> None:
        job_id, attempt = claim
        reply = self.ledger(which).attempts.heartbeat(
            job_id,
            attempt=attempt,
            lease_s=lease_h * HOUR_S,
            progress=Progress(stage="align", fraction=0.5),
        )
        held, cancel_requested = self.model.heartbeat(job_id, attempt=attempt, lease_h=lease_h)
        assert (reply.held, reply.cancel_requested) == (held, cancel_requested)

    @rule(claim=claims, which=a_dispatcher)
    def end_as_succeed(self, claim: tuple[str, int], which: int) -> None:
        self.succeed(claim, which)

    def succeed(self, claim: tuple[str, int], which: int) -> None:
        job_id, attempt = claim
        key = f"results/{job_id}/{attempt}"
        both(
            lambda: self.model.succeed(job_id, attempt=attempt, result_key=key),
            lambda: self.ledger(which).attempts.succeed(
                job_id, attempt=attempt, result_key=key, audio_s=1.0
            ),
        )

    @rule(claim=claims, which=a_dispatcher)
    def end_as_fail(self, claim: tuple[str, int], which: int) -> None:
        self.fail(claim, which)

    def fail(self, claim: tuple[str, int], which: int) -> None:
        job_id, attempt = claim
        both(
            lambda: self.model.fail(job_id, attempt=attempt, problem=REASON.name),
            lambda: self.ledger(which).attempts.fail(job_id, attempt=attempt, problem=REASON),
        )

    @rule(
        claim=claims,
        problem=st.sampled_from((None, REASON)),
        counts=st.booleans(),
        delay_h=st.sampled_from((0.0, 0.0, 1.6)),
        which=a_dispatcher,
    )
    def end_as_requeue(
        self,
        claim: tuple[str, int],
        problem: Problem | None,
        counts: bool,
        delay_h: float,
        which: int,
    ) -> None:
        self.requeue(claim, problem, which, counts=counts, delay_h=delay_h)

    def requeue(
        self,
        claim: tuple[str, int],
        problem: Problem | None,
        which: int,
        *,
        counts: bool = False,
        delay_h: float = 0.0,
    ) -> None:
        job_id, attempt = claim
        name = problem and problem.name
        both(
            lambda: self.model.requeue(
                job_id, attempt=attempt, problem=name, counts=counts, delay_h=delay_h
            ),
            lambda: self.ledger(which).attempts.requeue(
                job_id,
                attempt=attempt,
                problem=problem,
                counts=counts,
                delay_s=delay_h * HOUR_S,
            ),
        )

    @rule(target=claims, claim=claims, lease_h=a_lease_h, which=a_dispatcher)
    def hand_over_to_another_worker(
        self, claim: tuple[str, int], lease_h: float, which: int
    ) -> object:
        self.requeue(claim, None, which)
        return self.take(claim[0], lease_h, which)

    @rule(job_id=jobs, which=a_dispatcher)
    def a_stale_attempt_has_no_say(self, job_id: str, which: int) -> None:
        stale = self.model.jobs[job_id].attempt - 1
        assert not self.ledger(which).attempts.heartbeat(job_id, attempt=stale, lease_s=HOUR_S).held
        for end in (self.succeed, self.fail):
            end((job_id, stale), which)
        self.requeue((job_id, stale), None, which)

    @rule(job_id=jobs, tenant=a_tenant, which=a_dispatcher)
    def request_cancel(self, job_id: str, tenant: str, which: int) -> None:
        both(
            lambda: self.model.request_cancel(job_id, tenant=tenant),
            lambda: self.ledger(which).jobs.request_cancel(job_id, tenant=tenant).id,
        )

    @rule(preset=any_preset, limit=st.integers(1, 3), which=a_dispatcher)
    def release(self, preset: str | None, limit: int, which: int) -> None:
        self.release_the_oldest(preset, limit, which)

    def release_the_oldest(self, preset: str | None, limit: int, which: int) -> None:
        oldest = [
            job.id for job in self.ledger(which).dispatch.list_available(limit, preset=preset)
        ][:limit]
        assert oldest == self.model.list_dispatchable(preset)[:limit]
        self.note_released(oldest, which)

    @rule(job_id=jobs, which=a_dispatcher)
    def release_one_that_may_have_moved_on(self, job_id: str, which: int) -> None:
        self.note_released([job_id], which)

    def note_released(self, job_ids: list[str], which: int) -> None:
        before = set(self.model.list_dispatchable(None))
        assert self.ledger(which).dispatch.mark(job_ids) == before & set(job_ids)
        self.model.mark_dispatched(job_ids)

    @rule(job_id=jobs, which=a_dispatcher)
    def withdraw_one_that_may_have_moved_on(self, job_id: str, which: int) -> None:
        self.ledger(which).dispatch.unmark([job_id])
        self.model.unmark_dispatched([job_id])

    @rule(hours=st.sampled_from((1, 2, 4)))
    def hours_pass(self, hours: int) -> None:
        self.database.pass_hours(hours)
        self.model.now_h += hours

    @rule(after_h=st.sampled_from((0.3, 2.3)), idle=st.sets(a_preset), which=a_dispatcher)
    def rescue(self, after_h: float, idle: set[str], which: int) -> None:
        moved = self.ledger(which).dispatch.rescue(redispatch_after_s=after_h * HOUR_S, idle=idle)
        rescued = {job.id for job in moved}
        assert rescued == self.model.rescue(redispatch_after_h=after_h, idle=idle)

    @rule(
        tenant=a_tenant,
        state=st.sampled_from((None, *JobState)),
        reference=a_reference,
        limit=st.integers(1, 4),
        which=a_dispatcher,
    )
    def turn_the_pages(
        self, tenant: str, state: JobState | None, reference: str | None, limit: int, which: int
    ) -> None:
        expected, read = self.model.list_jobs(tenant, state, reference), list[str]()
        wanted = JobFilter(state=state, reference=reference)
        while page := self.ledger(which).jobs.list_for_tenant(
            tenant, wanted=wanted, limit=limit, before=read[-1] if read else None
        ):
            assert len(page) <= limit
            read += [job.id for job in page]
        assert read == expected

    @rule(preset=st.sampled_from(("", *PRESETS)), which=a_dispatcher)
    def pause_the_dispatch(self, preset: str, which: int) -> None:
        self.model.paused.add(preset)
        self.ledger(which).pauses.set(Pause(preset=preset, accept=False))

    @rule(which=a_dispatcher)
    def resume_all(self, which: int) -> None:
        self.model.paused.clear()
        for pause in self.ledger(which).pauses.list():
            assert self.ledger(which).pauses.end(pause.preset)

    @invariant()
    def every_job_is_as_the_model_says(self) -> None:
        found = {
            job.id: job
            for tenant in TENANTS
            for job in self.ledger(0).jobs.list_for_tenant(tenant, limit=99)
        }
        assert {job_id: seen(job) for job_id, job in found.items()} == {
            job_id: expected(reference) for job_id, reference in self.model.jobs.items()
        }
        self.check_history(found)
        self.seen = found

    def check_history(self, found: dict[str, Job]) -> None:
        """Check what always holds, without the model."""
        for job_id, before in self.seen.items():
            assert job_id in found, "a job vanished"
            after = found[job_id]
            assert after.attempt >= before.attempt, "an attempt was taken back"
            assert after.max_attempts == before.max_attempts
            assert after.failures >= before.failures
            if before.state.is_final:
                assert outcome(after) == outcome(before), "a job ended twice"
        ended = {job_id for job_id, job in found.items() if job.state.is_final}
        assert self.ledger(1).jobs.finished_among(list(found)) == ended

    @invariant()
    def what_waits_is_counted_as_the_model_says(self) -> None:
        waiting = [job.id for job in self.ledger(1).dispatch.list_available(99)]
        assert waiting == self.model.list_dispatchable(None)
        for preset in PRESETS:
            assert self.ledger(1).dispatch.count_unclaimed(
                preset=preset
            ) == self.model.count_dispatched(preset)

    def ledger(self, which: int) -> Ledger:
        return self.database.ledgers[which]


def both(model: Callable[[], object], ledger: Callable[[], object]) -> object:
    """Return the result of model and ledger, or the name of the problem that both raise."""
    said = answer(model)
    assert answer(ledger) == said
    return said


def answer(ask: Callable[[], object]) -> object:
    try:
        return ask()
    except Rejected as refused:
        return f"refused: {refused}"
    except Problem as problem:
        return f"refused: {problem.name}"


def job_of(reference: ModelJob, deadline_h: float | None) -> Job:
    return Job(
        id=reference.id,
        tenant=reference.tenant,
        state=JobState.QUEUED,
        preset=reference.preset,
        options=Options(),
        audio=Audio(key=f"audio/{reference.tenant}/{reference.id}", sha256="ab" * 32, size_bytes=1),
        created_at=0.0,
        policy=JobPolicy(deadline_s=deadline_h and deadline_h * HOUR_S),
        labels=JobLabels(reference=reference.reference),
        max_attempts=reference.max_attempts,
    )


def seen(job: Job) -> tuple[object, ...]:
    return (
        *(job.tenant, job.preset, job.state, job.attempt, job.max_attempts, job.cancel_requested),
        *(job.result_key, None if job.problem is None else job.problem["name"]),
        *(job.failures, job.available_at is not None),
    )


def expected(reference: ModelJob) -> tuple[object, ...]:
    return (
        *(
            reference.tenant,
            reference.preset,
            reference.state,
            reference.attempt,
            reference.max_attempts,
        ),
        *(reference.cancel_requested, reference.result_key, reference.problem),
        *(reference.failures, reference.available_h is not None),
    )


def outcome(job: Job) -> tuple[object, ...]:
    return (job.state, job.attempt, job.result_key, job.problem, job.finished_at)


def test_sqlite_ledger_follows_the_model(tmp_path: Path) -> None:
    follow(f"sqlite:///{tmp_path / 'ledger.sqlite'}")


def test_postgresql_ledger_follows_the_model(postgresql_server: PostgresqlServer) -> None:
    follow(postgresql_server.new_database())


def follow(url: str) -> None:
    with opened(url) as database:
        run_state_machine_as_test(lambda: LedgerMachine(database), settings=SETTINGS)
