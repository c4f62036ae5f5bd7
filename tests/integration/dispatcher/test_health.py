"""Liveness and readiness probes."""

from tests.integration.dispatcher.farm import DispatcherFarm
from whisperfarm_store.ledger import WorkerHeartbeat


def test_healthz_answers_200(farm: DispatcherFarm) -> None:
    answer = farm.http.get(f"{farm.url}/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_readyz_fails_without_a_ready_worker(farm: DispatcherFarm) -> None:
    answer = farm.http.get(f"{farm.url}/readyz")
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert {name: check["ok"] for name, check in checks.items()} == {
        "ledger": True,
        "blobs": True,
        "workers": False,
    }
    assert checks["workers"]["detail"] == "0 ready, 0 not_ready, 0 draining, 0 silent"


def test_readyz_succeeds_with_a_ready_worker(farm: DispatcherFarm) -> None:
    heartbeat = WorkerHeartbeat(
        name="w", presets=("demo",), concurrency=4, pid=1, host="here", ready=True
    )
    farm.deps.ledger.workers.record_heartbeat(heartbeat)
    answer = farm.http.get(f"{farm.url}/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


def test_readiness_without_workers_can_be_asked_for(farm: DispatcherFarm) -> None:
    answer = farm.http.get(f"{farm.url}/readyz", params={"workers": "false"})
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert not answer.json()["checks"]["workers"]["ok"]
