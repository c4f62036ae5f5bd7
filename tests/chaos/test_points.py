"""Every crash point names a function that exists."""

import multiprocessing
import signal
from pathlib import Path

import pytest

from tests.chaos import injection
from tests.chaos.points import POINTS
from tests.support.jobs import new_job
from whisperfarm_contract.problems import JobNotFound
from whisperfarm_store.ledger import open_ledger


@pytest.mark.parametrize("name", POINTS)
def test_every_crash_point_names_a_function(name: str) -> None:
    assert callable(injection.find(POINTS[name].target).function)


def test_both_parts_have_points_before_and_after() -> None:
    kinds = {(point.part, point.moment) for point in POINTS.values()}
    assert len(kinds) == 6
    assert len(POINTS) >= 20


def test_missing_function_of_a_point_is_noticed() -> None:
    with pytest.raises(AttributeError):
        injection.find("whisperfarm_store.ledger.jobs:Jobs.no_such_call")


def _insert_a_job(url: str, crash_file: Path) -> None:
    name = "submit: inserted, not committed"
    injection.arm(name, POINTS[name], nth=1, crash_file=crash_file)
    open_ledger(url).jobs.insert(new_job("job-1"))


@pytest.mark.slow
def test_process_dies_before_the_commit_of_a_commit_point(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    ledger = open_ledger(url)
    ledger.migrate()
    crash_file = tmp_path / "crash"
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=_insert_a_job, args=(url, crash_file))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert crash_file.exists()
    with pytest.raises(JobNotFound):
        ledger.jobs.get("job-1")
    ledger.close()
