"""A job is ours as long as the ledger hears of it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest

from tests.support.clock import Clock
from tests.support.jobs import new_job
from whisperfarm_contract.job import Job, Progress
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_contract.states import State
from whisperfarm_store.ledger import Pulse
from whisperfarm_worker.attempt.lease import Lease, Leases
from whisperfarm_worker.attempt.monitor import Cancelled, Drained, Late, LeaseExpired, Lost, Stop

LEASE_S, WITHIN_S = 30.0, 60.0


@dataclass
class _Claims:
    """A ledger with one job that answers every heartbeat as it is told to."""

    pulse: Pulse | Exception = field(default_factory=lambda: Pulse(held=True, cancel=False))
    beats: list[tuple[Progress | None, float | None]] = field(default_factory=list)
    looks: list[dict[str, int]] = field(default_factory=list)
    seen: Pulse | Exception = field(default_factory=lambda: Pulse(held=True, cancel=False))
    suspects: set[str] = field(default_factory=set)
    taken: bool = False

    def is_suspect(self, job_id: str) -> bool:
        return job_id in self.suspects

    def claim(
        self, job_id: str, *, worker: str, lease_s: float, trusted: bool = False
    ) -> Job | None:
        if self.taken or (trusted and job_id in self.suspects):
            return None
        self.taken = True
        return replace(new_job(), id=job_id, state=State.RUNNING, attempt=2)

    def beat(
        self,
        job_id: str,
        *,
        attempt: int,
        lease_s: float,
        progress: Progress | None = None,
        audio_s: float | None = None,
    ) -> Pulse:
        assert (attempt, lease_s) == (2, LEASE_S)
        self.beats.append((progress, audio_s))
        if isinstance(self.pulse, Exception):
            raise self.pulse
        return self.pulse

    def pulses(self, held: Mapping[str, int]) -> dict[str, Pulse]:
        self.looks.append(dict(held))
        if isinstance(self.seen, Exception):
            raise self.seen
        return dict.fromkeys(held, self.seen)


@dataclass
class _Worker:
    claims: _Claims = field(default_factory=_Claims)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.leases = Leases(self.claims, worker="w", lease_s=LEASE_S, clock=self.clock)

    def take(self) -> Lease:
        lease = self.leases.take("job")
        assert lease is not None
        return lease

    def after(self, seconds: float) -> None:
        """So much later, a beat."""
        self.clock.now += seconds
        self.leases.beat()


@pytest.fixture
def worker() -> _Worker:
    """A worker at a ledger with one job."""
    return _Worker()


def test_a_job_that_is_not_to_be_had_has_no_lease(worker: _Worker) -> None:
    worker.take()
    assert worker.leases.take("job") is None


def test_a_quiet_job_is_prolonged_every_third_of_its_lease(worker: _Worker) -> None:
    worker.take()
    worker.after(9.9)
    assert worker.claims.beats == []
    worker.after(0.1)
    assert worker.claims.beats == [(None, None)]
    worker.after(9.9)
    assert len(worker.claims.beats) == 1


def test_progress_is_told_soon_but_not_at_once(worker: _Worker) -> None:
    lease = worker.take()
    lease.report("decode", 0.0)
    worker.after(0.5)
    assert worker.claims.beats == []
    worker.after(0.5)
    assert worker.claims.beats == [(Progress(stage="decode", done=0.0), None)]


def test_progress_that_was_told_is_no_news(worker: _Worker) -> None:
    lease = worker.take()
    lease.report("decode", 0.0)
    worker.after(1.0)
    lease.report("decode", 0.0)
    worker.after(5.0)
    assert len(worker.claims.beats) == 1


def test_the_length_of_the_audio_is_told(worker: _Worker) -> None:
    lease = worker.take()
    lease.measured(12.5)
    worker.after(10.0)
    assert worker.claims.beats == [(None, 12.5)]


def test_a_cancelled_job_stops_at_its_next_report(worker: _Worker) -> None:
    lease = worker.take()
    worker.claims.pulse = Pulse(held=True, cancel=True)
    worker.after(10.0)
    with pytest.raises(Cancelled):
        lease.report("align", 0.5)


def test_a_job_that_is_somebody_elses_stops(worker: _Worker) -> None:
    lease = worker.take()
    worker.claims.pulse = Pulse(held=False, cancel=False)
    worker.after(10.0)
    with pytest.raises(Lost):
        lease.report("align", 0.5)


@pytest.mark.parametrize(
    ("pulse", "reason"),
    [
        (Pulse(held=True, cancel=True), Cancelled),
        (Pulse(held=False, cancel=False), Lost),
        (Pulse(held=True, cancel=False, late=True), Late),
        (Pulse(held=True, cancel=True, late=True), Cancelled),
    ],
)
def test_between_two_heartbeats_the_ledger_is_asked_every_second(
    worker: _Worker, pulse: Pulse, reason: type[Stop]
) -> None:
    lease = worker.take()
    worker.after(0.9)
    assert worker.claims.looks == []
    worker.claims.seen = pulse
    worker.after(0.1)
    assert (worker.claims.looks, worker.claims.beats) == ([{"job": 2}], [])
    with pytest.raises(reason):
        lease.report("align", 0.5)


def test_a_worker_without_jobs_asks_nothing(worker: _Worker) -> None:
    worker.after(5.0)
    assert worker.claims.looks == []


def test_a_question_that_is_not_answered_stops_nothing(worker: _Worker) -> None:
    lease = worker.take()
    worker.claims.seen = FarmUnavailable("away")
    worker.after(1.0)
    lease.report("align", 0.5)


def test_a_ledger_that_is_away_for_a_while_stops_nothing(worker: _Worker) -> None:
    lease = worker.take()
    worker.claims.pulse = FarmUnavailable("away")
    worker.after(10.0)
    worker.after(19.9)
    lease.report("align", 0.5)
    worker.claims.pulse = Pulse(held=True, cancel=False)
    worker.after(0.05)
    worker.after(29.0)
    lease.report("align", 0.6)


def test_ledger_that_is_unavailable_for_the_whole_lease_stops_the_attempt(worker: _Worker) -> None:
    lease = worker.take()
    worker.claims.pulse = FarmUnavailable("away")
    worker.after(30.0)
    with pytest.raises(LeaseExpired):
        lease.report("align", 0.5)


def test_lease_is_prolonged_until_its_outcome_is_settled(worker: _Worker) -> None:
    lease = worker.take()
    worker.leases.leave_room()
    worker.after(10.0)
    assert worker.leases.held() == [lease]
    assert len(worker.claims.beats) == 1


def test_a_lease_that_was_dropped_is_not_prolonged(worker: _Worker) -> None:
    worker.leases.drop(worker.take())
    worker.after(10.0)
    assert (worker.claims.beats, worker.leases.held()) == ([], [])


def test_closing_stops_what_runs_and_takes_no_more(worker: _Worker) -> None:
    lease = worker.take()
    assert worker.leases.close() == [lease]
    with pytest.raises(Drained):
        lease.report("align", 0.5)
    worker.claims.taken = False
    assert worker.leases.take("another") is None
    assert worker.claims.taken is False


def test_a_worker_that_takes_no_more_lets_go_on_what_runs(worker: _Worker) -> None:
    lease = worker.take()
    worker.leases.take_no_more()
    lease.report("align", 0.5)
    worker.claims.taken = False
    assert worker.leases.take("another") is None


def test_the_first_reason_to_stop_counts(worker: _Worker) -> None:
    lease = worker.take()
    lease.stop(Cancelled())
    lease.stop(Drained())
    with pytest.raises(Cancelled):
        lease.report("align", 0.5)


def test_a_suspect_is_taken_when_all_others_have_ended_and_others_wait_for_it(
    worker: _Worker,
) -> None:
    worker.claims.suspects.add("suspect")
    trusted = worker.take()
    worker.claims.taken = False
    with ThreadPoolExecutor(2) as pool:
        alone = pool.submit(worker.leases.take, "suspect")
        assert worker.leases.held() == [trusted]
        worker.leases.drop(trusted)
        worker.leases.leave_room()
        suspect = alone.result(WITHIN_S)
        assert suspect is not None
        assert worker.leases.held() == [suspect]
        worker.claims.taken = False
        beside = pool.submit(worker.leases.take, "innocent")
        assert not beside.done()
        worker.leases.drop(suspect)
        worker.leases.leave_room()
        innocent = beside.result(WITHIN_S)
        assert innocent is not None
        assert worker.leases.held() == [innocent]


def test_a_job_that_was_lost_and_claimed_again_here_leaves_room(worker: _Worker) -> None:
    first = worker.take()
    worker.claims.taken = False
    second = worker.take()
    worker.leases.drop(first)
    worker.leases.leave_room()
    worker.leases.drop(second)
    worker.leases.leave_room()
    worker.claims.suspects.add("suspect")
    worker.claims.taken = False
    assert worker.leases.take("suspect") is not None
