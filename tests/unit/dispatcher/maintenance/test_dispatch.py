from dataclasses import replace

from whisperfarm_dispatcher.maintenance.dispatch import MIN_IN_QUEUE, max_in_queue
from whisperfarm_store.ledger import WorkerHeartbeat


def worker(*presets: str, concurrency: int = 4) -> WorkerHeartbeat:
    return WorkerHeartbeat(
        name="w", presets=presets, concurrency=concurrency, pid=1, host="here", ready=True
    )


def test_max_in_queue_has_a_minimum_without_workers() -> None:
    assert max_in_queue([], "demo") == MIN_IN_QUEUE


def test_max_in_queue_is_twice_the_worker_slots() -> None:
    assert (
        max_in_queue([worker("demo", concurrency=20), worker("demo", concurrency=10)], "demo") == 60
    )


def test_max_in_queue_counts_workers_of_the_preset() -> None:
    workers = [worker("small", concurrency=100), worker("small", "demo", concurrency=20)]
    assert max_in_queue(workers, "demo") == 40


def test_draining_worker_does_not_count() -> None:
    staying, leaving = worker("demo", concurrency=20), worker("demo", concurrency=50)
    assert max_in_queue([staying, replace(leaving, draining=True)], "demo") == 40
