"""Probes."""

from tests.integration.dispatcher.farm import Farm
from whisperfarm_store.ledger import WorkerSign


def test_a_process_that_answers_is_alive(farm: Farm) -> None:
    answer = farm.http.get(f"{farm.url}/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_farm_without_a_ready_worker_is_not_ready_and_says_so(farm: Farm) -> None:
    answer = farm.http.get(f"{farm.url}/readyz")
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert {name: check["ok"] for name, check in checks.items()} == {
        "ledger": True,
        "blobs": True,
        "workers": False,
    }
    assert checks["workers"]["detail"] == "0 ready, 0 starting, 0 draining"


def test_with_a_ready_worker_it_is(farm: Farm) -> None:
    sign = WorkerSign(name="w", presets=("demo",), concurrency=4, pid=1, host="here", ready=True)
    farm.parts.ledger.worker_seen(sign)
    answer = farm.http.get(f"{farm.url}/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


def test_a_farm_whose_workers_come_with_the_work_takes_jobs_without_one(farm: Farm) -> None:
    answer = farm.http.get(f"{farm.url}/readyz", params={"workers": "false"})
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert not answer.json()["checks"]["workers"]["ok"]
