"""Workers send heartbeats, deregister and can be asked to drain."""

from dataclasses import replace

from tests.support.jobs import new_job
from whisperfarm_store.ledger import Ledger, WorkerHeartbeat

SIGN = WorkerHeartbeat(
    name="host:17", presets=("demo", "fast"), concurrency=4, pid=17, host="host", ready=False
)


def test_live_workers_has_the_recorded_heartbeat(ledger: Ledger) -> None:
    ledger.workers.record_heartbeat(SIGN)
    assert ledger.workers.list_live(within_s=60) == [SIGN]


def test_heartbeat_replaces_the_last_one(ledger: Ledger) -> None:
    ready = replace(SIGN, ready=True)
    for heartbeat in (SIGN, ready):
        ledger.workers.record_heartbeat(heartbeat)
    assert ledger.workers.list_live(within_s=60) == [ready]


def test_worker_without_a_recent_heartbeat_is_not_live(ledger: Ledger) -> None:
    ledger.workers.record_heartbeat(SIGN)
    assert ledger.workers.list_live(within_s=-1) == []


def test_deregistered_worker_is_not_live(ledger: Ledger) -> None:
    other = replace(SIGN, name="host:18")
    for heartbeat in (SIGN, other):
        ledger.workers.record_heartbeat(heartbeat)
    ledger.workers.deregister(SIGN.name)
    ledger.workers.deregister("unknown")
    assert ledger.workers.list_live(within_s=60) == [other]


def test_draining_worker_is_not_ready(ledger: Ledger) -> None:
    ready, other = replace(SIGN, ready=True), replace(SIGN, name="host:18", ready=True)
    assert not ledger.workers.record_heartbeat(ready, is_first=True)
    ledger.workers.record_heartbeat(other)
    ledger.workers.request_drain([SIGN.name, "unknown"])
    leaving = replace(ready, ready=False, draining=True)
    assert ledger.workers.list_live(within_s=60) == [leaving, other]
    assert [ledger.workers.record_heartbeat(ready), ledger.workers.record_heartbeat(other)] == [
        True,
        False,
    ]


def test_first_heartbeat_clears_a_requested_drain(ledger: Ledger) -> None:
    ledger.workers.record_heartbeat(SIGN)
    ledger.workers.request_drain([SIGN.name])
    assert not ledger.workers.record_heartbeat(SIGN, is_first=True)
    assert ledger.workers.list_live(within_s=60) == [SIGN]


def test_running_counts_has_each_worker(ledger: Ledger) -> None:
    for worker in ("w1", "w2", "w1"):
        ledger.attempts.claim(ledger.jobs.insert(new_job()).id, worker=worker, lease_s=60)
    ledger.jobs.insert(new_job())
    assert ledger.workers.running_counts() == {"w1": 2, "w2": 1}
