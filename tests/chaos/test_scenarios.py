"""The short run of the scenarios: each fault once."""

from pathlib import Path

import pytest

from tests.chaos import scenarios
from tests.chaos.long_run import disk_filled
from tests.chaos.process_spawner import ProcessSpawner
from tests.chaos.scenarios import CONNECTION_ERRORS, run_scenario
from tests.chaos.test_kills import assert_clean
from tests.servers.distributed import DistributedServers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_worker_suspended_past_its_lease_writes_nothing(
    children: ProcessSpawner, folder: Path
) -> None:
    suspended = scenarios.workers_suspended(times=1)
    assert_clean(run_scenario(children, folder / "farm", suspended, CHAOS_PACE="1.5"))


def test_broker_data_loss_loses_no_job(
    children: ProcessSpawner, folder: Path, servers: DistributedServers
) -> None:
    wiped = scenarios.broker_wiped(servers)
    assert_clean(
        run_scenario(
            children,
            folder / "farm",
            wiped,
            expected_errors=CONNECTION_ERRORS,
            **servers.settings(),
        )
    )


def test_temporarily_full_disk_loses_no_job(folder: Path) -> None:
    verdict = disk_filled(folder, for_s=3)
    assert_clean(verdict)
    assert verdict.rejected > 0  # the disk was full; the workers wait, which costs no attempts
