"""Which presets have idle workers, and rescue after an outage of the ledger."""

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.clock import Clock
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.maintenance.rescue import Rescue, idle_presets
from whisperfarm_store.ledger import WorkerHeartbeat

GRACE_S = 10.0


def worker(name: str, *presets: str, ready: bool = True) -> WorkerHeartbeat:
    return WorkerHeartbeat(
        name=name, presets=presets, concurrency=2, pid=1, host="here", ready=ready
    )


def test_worker_with_a_free_slot_makes_its_presets_idle() -> None:
    workers = [worker("busy", "fast"), worker("free", "demo", "small")]
    assert idle_presets(workers, {"busy": 2, "free": 1}) == {"demo", "small"}


def test_busy_worker_is_idle_for_no_preset() -> None:
    assert idle_presets([worker("busy", "demo", "small")], {"busy": 2}) == set()


def test_worker_that_is_not_ready_is_not_idle() -> None:
    assert idle_presets([worker("loading", "demo", ready=False)], {}) == set()


@dataclass
class _Ledger:
    """Records whether expired leases were to be spared; fails while `fails` is set."""

    spared: list[bool] = field(default_factory=list)
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.dispatch = self.workers = self

    def list_live(self, *, within_s: float) -> list[WorkerHeartbeat]:
        if self.error is not None:
            raise self.error
        return []

    def running_counts(self) -> dict[str, int]:
        return {}

    def rescue(self, *, spare_leases: bool, **_: Any) -> list[Job]:
        self.spared.append(spare_leases)
        return []


def _rescue(ledger: _Ledger, clock: Clock) -> Rescue:
    return Rescue(
        ledger,  # type: ignore[arg-type]
        redispatch_after_s=30,
        live_within_s=15,
        max_worker_deaths=3,
        lease_grace_s=GRACE_S,
        lease_s=30,
        jobs_available=threading.Event(),
        clock=clock,
    )


def test_rescue_spares_leases_after_an_outage_of_the_ledger() -> None:
    ledger, clock = _Ledger(), Clock()
    rescue = _rescue(ledger, clock)
    clock.now += GRACE_S
    rescue.run_once()
    ledger.error = FarmUnavailable()
    with pytest.raises(FarmUnavailable):
        rescue.run_once()
    ledger.error = None
    for _ in range(2):
        clock.now += GRACE_S * 0.6
        rescue.run_once()
    assert ledger.spared == [False, True, False]


def test_rescue_spares_leases_after_the_start() -> None:
    ledger, clock = _Ledger(), Clock()
    rescue = _rescue(ledger, clock)
    for _ in range(3):
        rescue.run_once()
        clock.now += GRACE_S / 2
    assert ledger.spared == [True, True, False]
