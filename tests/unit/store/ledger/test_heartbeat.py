from pathlib import Path

from whisperfarm_store.ledger import WORKER_HEARTBEAT_S, WORKER_LIVE_WITHIN_S, WorkerSign
from whisperfarm_store.ledger.ledger import open_ledger

SIGN = WorkerSign(name="w1", presets=("demo",), concurrency=1, pid=1, host="h", ready=True)


def test_live_worker_may_miss_several_heartbeats() -> None:
    assert WORKER_LIVE_WITHIN_S > 5 * WORKER_HEARTBEAT_S


def test_worker_counts_as_live_after_a_heartbeat(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    ledger.migrate()
    ledger.worker_seen(SIGN, anew=True)
    assert ledger.live_workers(within_s=WORKER_LIVE_WITHIN_S) == [SIGN]
