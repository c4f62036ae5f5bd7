"""Metrics that are read from the ledger."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from tests.support.clock import Clock
from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.ledger_metrics import LedgerCollector
from whisperfarm_store.ledger import ForwardTotals, GroupLoad, Pause, WorkerHeartbeat, Workload

GAUGE = "whisperfarm_"


@dataclass
class FarmQueries:
    """A ledger that returns what a test sets."""

    groups: list[GroupLoad] = field(default_factory=list)
    heartbeats: list[WorkerHeartbeat] = field(default_factory=list)
    oldest_s: dict[tuple[str, Lane], float] = field(default_factory=dict)
    set_pauses: Sequence[Pause] = ()
    error: Exception | None = None
    asked: int = 0
    goes_on: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.goes_on.set()
        self.backlog = self.workers = self.callbacks = self.pauses = self.forwards = self

    def group_loads(self) -> list[GroupLoad]:
        self.asked += 1
        self.goes_on.wait(30)
        if self.error:
            raise self.error
        return self.groups

    def oldest_queued_s(self) -> dict[tuple[str, Lane], float]:
        return self.oldest_s

    def list_live(self, *, within_s: float) -> list[WorkerHeartbeat]:
        return self.heartbeats

    def list(self) -> Sequence[Pause]:
        return self.set_pauses

    def count_pending(self) -> int:
        return 7

    def totals(self) -> ForwardTotals:
        return ForwardTotals(
            by_state={"waiting": 2}, waiting_bytes=9, sent_bytes=4, oldest_waiting_s=5.0, failing=1
        )


@pytest.fixture
def figures() -> Iterator[FarmQueries]:
    made = FarmQueries()
    yield made
    made.goes_on.set()


def gauges(
    figures: FarmQueries, clock: Clock | None = None, *, timeout_s: float = 10
) -> LedgerCollector:
    return LedgerCollector(
        figures,
        presets=["demo"],
        tenants=["acme"],
        live_within_s=15,
        timeout_s=timeout_s,
        clock=clock or Clock(),
    )


def received(of: LedgerCollector) -> dict[tuple[str, ...], float]:
    return {(one.metric.name.removeprefix(GAUGE), *one.labels): one.value for one in of.collect()}


def group(tenant: str, state: JobState, jobs: int, audio_s: float) -> GroupLoad:
    return GroupLoad(
        tenant=tenant, preset="demo", state=state, load=Workload(jobs=jobs, audio_s=audio_s)
    )


def worker(name: str, *, ready: bool, draining: bool = False) -> WorkerHeartbeat:
    return WorkerHeartbeat(
        name=name, presets=("demo",), concurrency=1, pid=1, host="h", ready=ready, draining=draining
    )


def test_empty_farm_reports_zeros(figures: FarmQueries) -> None:
    assert received(gauges(figures)) == {
        ("ledger_up",): 1,
        ("jobs", "demo", "acme", "queued"): 0,
        ("jobs", "demo", "acme", "running"): 0,
        ("backlog_audio_seconds", "demo", "acme"): 0,
        **{("backlog_oldest_seconds", "demo", lane): 0 for lane in Lane},
        **{("queued_jobs", "demo", lane): 0 for lane in Lane},
        ("paused", "demo", "accept"): 0,
        ("paused", "demo", "dispatch"): 0,
        ("workers", "not_ready"): 0,
        ("workers", "ready"): 0,
        ("workers", "draining"): 0,
        ("workers", "silent"): 0,
        ("callbacks_waiting",): 7,
        ("forwards", "waiting"): 2,
        ("forwards_failing",): 1,
        ("forward_oldest_age_seconds",): 5,
        ("forward_waiting_bytes",): 9,
    }


def test_collector_counts_jobs_and_workers(figures: FarmQueries) -> None:
    figures.groups = [
        group("acme", JobState.QUEUED, 3, 30.0),
        group("acme", JobState.RUNNING, 1, 5.0),
        group("north", JobState.QUEUED, 1, 1.0),
    ]
    bulk = Workload(jobs=4, audio_s=2.0)
    figures.groups.append(
        GroupLoad(tenant="acme", preset="demo", state=JobState.QUEUED, lane=Lane.BULK, load=bulk)
    )
    figures.oldest_s = {("demo", Lane.LIVE): 12.5, ("retired", Lane.BULK): 99.0}
    figures.heartbeats = [
        worker("a", ready=True),
        worker("b", ready=False),
        worker("c", ready=False, draining=True),
        worker("d", ready=True),
    ]
    seen = received(gauges(figures))
    assert seen[("jobs", "demo", "acme", "queued")] == 7
    assert seen[("backlog_audio_seconds", "demo", "acme")] == 37
    assert seen[("jobs", "demo", "north", "queued")] == 1
    assert [seen["queued_jobs", "demo", lane] for lane in Lane] == [0, 4, 4]
    assert [seen["backlog_oldest_seconds", "demo", lane] for lane in Lane] == [12.5, 0, 0]
    assert seen[("backlog_oldest_seconds", "retired", "bulk")] == 99
    assert [seen[("workers", state)] for state in ("not_ready", "ready", "draining")] == [1, 2, 1]


def test_pause_of_the_farm_concerns_every_preset(figures: FarmQueries) -> None:
    figures.oldest_s = {("retired", Lane.STANDARD): 99.0}
    figures.set_pauses = [Pause(dispatch=False), Pause(preset="retired", accept=False)]
    seen = received(gauges(figures))
    assert [seen[("paused", "demo", kind)] for kind in ("accept", "dispatch")] == [1, 0]
    assert [seen[("paused", "retired", kind)] for kind in ("accept", "dispatch")] == [1, 1]


def test_audio_of_unknown_duration_is_estimated(figures: FarmQueries) -> None:
    load = Workload(jobs=2, audio_s=30.0, estimated_s=12.0)
    figures.groups = [GroupLoad(tenant="acme", preset="demo", state=JobState.QUEUED, load=load)]
    assert received(gauges(figures))[("backlog_audio_seconds", "demo", "acme")] == 42


def test_seen_labels_stay_in_the_metrics(figures: FarmQueries) -> None:
    clock = Clock()
    of = gauges(figures, clock)
    figures.groups = [group("north", JobState.QUEUED, 1, 1.0)]
    assert received(of)[("jobs", "demo", "north", "queued")] == 1
    figures.groups, clock.now = [], 200.0
    assert received(of)[("jobs", "demo", "north", "queued")] == 0


def test_ledger_is_queried_once_a_second(figures: FarmQueries) -> None:
    clock = Clock()
    of = gauges(figures, clock)
    for _ in range(3):
        received(of)
    assert figures.asked == 1
    clock.now += 1.1
    received(of)
    assert figures.asked == 2


def test_ledger_up_follows_the_ledgers_availability(
    figures: FarmQueries,
) -> None:
    clock = Clock()
    of = gauges(figures, clock)
    figures.error = FarmUnavailable("the database does not answer")
    assert received(of) == {("ledger_up",): 0}
    figures.error, clock.now = None, 102.0
    assert received(of)[("ledger_up",)] == 1


def test_hanging_ledger_is_queried_once_and_not_awaited(figures: FarmQueries) -> None:
    of = gauges(figures, timeout_s=0.01)
    figures.goes_on.clear()
    for _ in range(3):
        assert received(of) == {("ledger_up",): 0}
    assert figures.asked == 1
