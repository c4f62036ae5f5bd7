"""Which presets have workers that wait for jobs, and what follows an outage of the ledger."""

import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_dispatcher.maintenance.rescue import GRACE_S, Rescue, idle_presets
from whisperfarm_store.ledger import WorkerSign


def worker(name: str, *presets: str, ready: bool = True) -> WorkerSign:
    return WorkerSign(name=name, presets=presets, concurrency=2, pid=1, host="here", ready=ready)


def test_a_worker_with_room_makes_its_presets_idle() -> None:
    workers = [worker("busy", "fast"), worker("free", "demo", "small")]
    assert idle_presets(workers, {"busy": 2, "free": 1}) == {"demo", "small"}


def test_a_worker_that_is_busy_with_one_preset_is_not_idle_for_another() -> None:
    assert idle_presets([worker("busy", "demo", "small")], {"busy": 2}) == set()


def test_a_worker_that_is_not_ready_waits_for_nothing() -> None:
    assert idle_presets([worker("loading", "demo", ready=False)], {}) == set()


@dataclass
class _Ledger:
    """Notes whether expired leases were to be spared; fails while it is told to."""

    spared: list[bool] = field(default_factory=list)
    error: Exception | None = None

    def live_workers(self, *, within_s: float) -> list[WorkerSign]:
        if self.error is not None:
            raise self.error
        return []

    def at_work(self) -> dict[str, int]:
        return {}

    def rescue(self, *, spare_leases: bool, **_: Any) -> list[Job]:
        self.spared.append(spare_leases)
        return []


def test_rescue_spares_leases_for_a_while_after_an_outage_of_the_ledger() -> None:
    ledger, now = _Ledger(), [0.0]
    rescue = Rescue(
        ledger,  # type: ignore[arg-type]
        rerelease_after_s=30,
        seen_within_s=15,
        max_kills=3,
        work=threading.Event(),
        clock=lambda: now[0],
    )
    rescue.round()
    ledger.error = FarmUnavailable()
    with pytest.raises(FarmUnavailable):
        rescue.round()
    ledger.error = None
    for _ in range(2):
        now[0] += GRACE_S * 0.6
        rescue.round()
    assert ledger.spared == [False, True, False]
