"""What the ledger knows, told to whoever reads the metrics."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.support.clock import Clock
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_contract.states import State
from whisperfarm_dispatcher.ledger_metrics import LedgerGauges
from whisperfarm_store.ledger import Load, Share, WorkerSign

GAUGE = "whisperfarm_"


@dataclass
class Figures:
    """A ledger that says what a test tells it to."""

    shares: list[Share] = field(default_factory=list)
    workers: list[WorkerSign] = field(default_factory=list)
    oldest_s: dict[str, float] = field(default_factory=dict)
    error: Exception | None = None
    asked: int = 0
    goes_on: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.goes_on.set()

    def backlog(self) -> list[Share]:
        self.asked += 1
        self.goes_on.wait(30)
        if self.error:
            raise self.error
        return self.shares

    def oldest_waiting(self) -> dict[str, float]:
        return self.oldest_s

    def live_workers(self, *, within_s: float) -> list[WorkerSign]:
        return self.workers

    def callbacks_waiting(self) -> int:
        return 7


@pytest.fixture
def figures() -> Iterator[Figures]:
    made = Figures()
    yield made
    made.goes_on.set()


def gauges(figures: Figures, clock: Clock | None = None, *, longest_s: float = 10) -> LedgerGauges:
    return LedgerGauges(
        figures,
        presets=["demo"],
        tenants=["acme"],
        seen_within_s=15,
        longest_s=longest_s,
        clock=clock or Clock(),
    )


def told(of: LedgerGauges) -> dict[tuple[str, ...], float]:
    return {(one.metric.name.removeprefix(GAUGE), *one.labels): one.value for one in of.read()}


def share(tenant: str, state: State, jobs: int, audio_s: float) -> Share:
    return Share(tenant=tenant, preset="demo", state=state, load=Load(jobs=jobs, audio_s=audio_s))


def worker(name: str, *, ready: bool, draining: bool = False) -> WorkerSign:
    return WorkerSign(
        name=name, presets=("demo",), concurrency=1, pid=1, host="h", ready=ready, draining=draining
    )


def test_an_empty_farm_is_told_of_with_zeros(figures: Figures) -> None:
    assert told(gauges(figures)) == {
        ("ledger_up",): 1,
        ("jobs", "demo", "acme", "queued"): 0,
        ("jobs", "demo", "acme", "running"): 0,
        ("backlog_audio_seconds", "demo", "acme"): 0,
        ("backlog_oldest_seconds", "demo"): 0,
        ("workers", "not_ready"): 0,
        ("workers", "ready"): 0,
        ("workers", "draining"): 0,
        ("callbacks_waiting",): 7,
    }


def test_work_and_workers_are_counted(figures: Figures) -> None:
    figures.shares = [
        share("acme", State.QUEUED, 3, 30.0),
        share("acme", State.RUNNING, 1, 5.0),
        share("north", State.QUEUED, 1, 1.0),
    ]
    figures.oldest_s = {"demo": 12.5, "retired": 99.0}
    figures.workers = [
        worker("a", ready=True),
        worker("b", ready=False),
        worker("c", ready=False, draining=True),
        worker("d", ready=True),
    ]
    seen = told(gauges(figures))
    assert seen[("jobs", "demo", "acme", "queued")] == 3
    assert seen[("backlog_audio_seconds", "demo", "acme")] == 35
    assert seen[("jobs", "demo", "north", "queued")] == 1
    assert seen[("backlog_oldest_seconds", "demo")] == 12.5
    assert seen[("backlog_oldest_seconds", "retired")] == 99
    assert [seen[("workers", state)] for state in ("not_ready", "ready", "draining")] == [1, 2, 1]


def test_audio_of_unknown_length_counts_by_the_guess(figures: Figures) -> None:
    load = Load(jobs=2, audio_s=30.0, guessed_s=12.0)
    figures.shares = [Share(tenant="acme", preset="demo", state=State.QUEUED, load=load)]
    assert told(gauges(figures))[("backlog_audio_seconds", "demo", "acme")] == 42


def test_whoever_had_something_to_do_does_not_vanish(figures: Figures) -> None:
    clock = Clock()
    of = gauges(figures, clock)
    figures.shares = [share("north", State.QUEUED, 1, 1.0)]
    assert told(of)[("jobs", "demo", "north", "queued")] == 1
    figures.shares, clock.now = [], 200.0
    assert told(of)[("jobs", "demo", "north", "queued")] == 0


def test_the_ledger_is_asked_once_a_second(figures: Figures) -> None:
    clock = Clock()
    of = gauges(figures, clock)
    for _ in range(3):
        told(of)
    assert figures.asked == 1
    clock.now += 1.1
    told(of)
    assert figures.asked == 2


def test_a_ledger_that_is_away_is_told_of_as_such_and_seen_when_it_is_back(
    figures: Figures,
) -> None:
    clock = Clock()
    of = gauges(figures, clock)
    figures.error = FarmUnavailable("the database does not answer")
    assert told(of) == {("ledger_up",): 0}
    figures.error, clock.now = None, 102.0
    assert told(of)[("ledger_up",)] == 1


def test_a_ledger_that_hangs_keeps_nobody_waiting_and_is_not_asked_again(figures: Figures) -> None:
    of = gauges(figures, longest_s=0.01)
    figures.goes_on.clear()
    for _ in range(3):
        assert told(of) == {("ledger_up",): 0}
    assert figures.asked == 1
