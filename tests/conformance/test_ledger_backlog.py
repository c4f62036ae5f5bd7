"""What there is to do and how fast it is done is counted by tenant and preset."""

from dataclasses import replace

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import Idempotency, Ledger, Load, Share


def accepted(
    ledger: Ledger, seconds: float | None, *, preset: str = "demo", size_bytes: int = 32_044
) -> Job:
    job = new_job(preset=preset)
    audio = replace(job.audio, seconds=seconds, size_bytes=size_bytes)
    return ledger.insert(replace(job, audio=audio))


def share(
    state: State, jobs: int, audio_s: float, *, guessed_s: float = 0.0, preset: str = "demo"
) -> Share:
    load = Load(jobs=jobs, audio_s=audio_s, guessed_s=guessed_s)
    return Share(tenant=TENANT, preset=preset, state=state, load=load)


def test_the_backlog_is_what_has_not_ended(ledger: Ledger) -> None:
    first, ended, *_ = [accepted(ledger, 10.0) for _ in range(4)]
    accepted(ledger, None, size_bytes=8_000)
    accepted(ledger, 7.0, preset="fast")
    for job in (first, ended):
        ledger.claim(job.id, worker="w", lease_s=60)
    ledger.succeed(ended.id, attempt=1, result_key="r", audio_s=10.0)
    assert sorted(ledger.backlog(), key=lambda one: (one.preset, one.state)) == [
        share(State.QUEUED, 3, 20.0, guessed_s=1.0),
        share(State.RUNNING, 1, 10.0),
        share(State.QUEUED, 1, 7.0, preset="fast"),
    ]


def test_a_length_that_is_not_known_is_guessed_until_a_worker_has_measured_it(
    ledger: Ledger,
) -> None:
    job = accepted(ledger, None, size_bytes=16_000)
    accepted(ledger, None, size_bytes=4_000)
    accepted(ledger, None, size_bytes=8 * 10**9)  # a film: its sound is a small part
    ledger.claim(job.id, worker="w", lease_s=60)
    queued = share(State.QUEUED, 2, 0.0, guessed_s=3600.5)
    by_state = {one.state: one for one in ledger.backlog()}
    assert by_state[State.QUEUED] == queued
    assert by_state[State.RUNNING] == share(State.RUNNING, 1, 0.0, guessed_s=2.0)
    ledger.beat(job.id, attempt=1, lease_s=60, audio_s=5.0)
    by_state = {one.state: one for one in ledger.backlog()}
    assert by_state[State.QUEUED] == queued
    assert by_state[State.RUNNING] == share(State.RUNNING, 1, 5.0)


def test_what_was_worked_off_lately_is_counted(ledger: Ledger) -> None:
    done, failed, cancelled = (accepted(ledger, 10.0) for _ in range(3))
    for job in (done, failed):
        ledger.claim(job.id, worker="w", lease_s=60)
    ledger.succeed(done.id, attempt=1, result_key="r", audio_s=12.0)
    ledger.fail(failed.id, attempt=1, problem=EngineFailed())
    ledger.ask_cancel(cancelled.id, tenant=TENANT)
    [drained] = ledger.drained(within_s=300)
    assert (drained.tenant, drained.preset) == (TENANT, "demo")
    assert drained.load == Load(jobs=2, audio_s=22.0)
    assert 1.0 <= drained.over_s < 300
    assert ledger.drained(within_s=-60) == []


def test_ahead_are_the_older_queued_jobs_of_the_preset(ledger: Ledger) -> None:
    out, running, waiting = (accepted(ledger, 10.0) for _ in range(3))
    accepted(ledger, 10.0, preset="fast")
    mine = accepted(ledger, 10.0)
    accepted(ledger, 10.0)
    ledger.released([out.id])
    ledger.claim(running.id, worker="w", lease_s=60)
    assert ledger.ahead(mine) == Load(jobs=2, audio_s=20.0)
    assert ledger.ahead(waiting) == Load(jobs=1, audio_s=10.0)
    assert ledger.ahead(out) == Load()


def test_ahead_is_counted_up_to_a_limit(ledger: Ledger) -> None:
    for seconds in (1.0, 2.0, 4.0):
        accepted(ledger, seconds)
    assert ledger.ahead(accepted(ledger, 8.0), most=2) == Load(jobs=2, audio_s=6.0)


def test_a_key_is_known_once_a_job_was_made_under_it(ledger: Ledger) -> None:
    assert not ledger.knows_key(TENANT, "k")
    ledger.insert(new_job(), idempotency=Idempotency(key="k", fingerprint="f"))
    assert ledger.knows_key(TENANT, "k")
    assert not ledger.knows_key("umbrella", "k")


def test_nothing_is_counted_in_an_empty_ledger(ledger: Ledger) -> None:
    assert (ledger.backlog(), ledger.drained(within_s=60)) == ([], [])


def test_the_oldest_queued_job_of_each_preset_is_known(ledger: Ledger) -> None:
    assert ledger.oldest_waiting() == {}
    out, taken, _ = (accepted(ledger, 1.0) for _ in range(3))
    accepted(ledger, 1.0, preset="fast")
    first = ledger.oldest_waiting()
    ledger.released([out.id, taken.id])
    second = ledger.oldest_waiting()
    assert first.keys() == second.keys() == {"demo", "fast"}
    assert first["demo"] >= first["fast"] >= 0
    assert second["demo"] >= first["demo"]
    ledger.claim(taken.id, worker="w", lease_s=60)
    for job in (out, taken):
        ledger.ask_cancel(job.id, tenant=TENANT)
    third = accepted(ledger, 1.0, preset="high")
    assert ledger.oldest_waiting()["high"] < ledger.oldest_waiting()["demo"]
    ledger.claim(third.id, worker="w", lease_s=60)
    assert "high" not in ledger.oldest_waiting()
