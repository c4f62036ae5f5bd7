from dataclasses import replace

from whisperfarm_dispatcher.maintenance.dispatch import LEAST_OUT, most_out
from whisperfarm_store.ledger import WorkerSign


def worker(*presets: str, concurrency: int = 4) -> WorkerSign:
    return WorkerSign(
        name="w", presets=presets, concurrency=concurrency, pid=1, host="here", ready=True
    )


def test_some_jobs_are_given_out_before_any_worker_is_known() -> None:
    assert most_out([], "demo") == LEAST_OUT


def test_about_twice_as_many_jobs_are_given_out_as_calls_are_in_flight() -> None:
    assert most_out([worker("demo", concurrency=20), worker("demo", concurrency=10)], "demo") == 60


def test_only_workers_of_the_preset_count() -> None:
    workers = [worker("small", concurrency=100), worker("small", "demo", concurrency=20)]
    assert most_out(workers, "demo") == 40


def test_a_worker_that_leaves_does_not_count() -> None:
    staying, leaving = worker("demo", concurrency=20), worker("demo", concurrency=50)
    assert most_out([staying, replace(leaving, draining=True)], "demo") == 40
