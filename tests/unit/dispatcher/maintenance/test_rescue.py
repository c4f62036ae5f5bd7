"""Which presets have workers that wait for jobs."""

from whisperfarm_dispatcher.maintenance.rescue import idle_presets
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
