from whisperfarm_store.ledger import (
    WORKER_HEARTBEAT_S,
    WORKER_LIVE_WITHIN_S,
    Ledger,
    WorkerHeartbeat,
)

SIGN = WorkerHeartbeat(name="w1", presets=("demo",), concurrency=1, pid=1, host="h", ready=True)


def test_live_worker_may_miss_several_heartbeats() -> None:
    assert WORKER_LIVE_WITHIN_S > 5 * WORKER_HEARTBEAT_S


def test_worker_counts_as_live_after_a_heartbeat(ledger: Ledger) -> None:
    ledger.workers.record_heartbeat(SIGN, is_first=True)
    assert ledger.workers.list_live(within_s=WORKER_LIVE_WITHIN_S) == [SIGN]
