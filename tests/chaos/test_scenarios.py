"""The short form: what happens to a farm from outside, once each."""

from pathlib import Path

import pytest

from tests.chaos import scenarios
from tests.chaos.long import disk_filled
from tests.chaos.process_spawner import ProcessSpawner
from tests.chaos.scenarios import AWAY, suffer
from tests.chaos.servers import Servers
from tests.chaos.test_kills import assert_well

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_worker_suspended_past_its_lease_writes_nothing(
    children: ProcessSpawner, folder: Path
) -> None:
    stopped = scenarios.worker_stopped(times=1)
    assert_well(suffer(children, folder / "farm", stopped, CHAOS_PACE="1.5"))


def test_broker_data_loss_loses_no_job(
    children: ProcessSpawner, folder: Path, servers: Servers
) -> None:
    wiped = scenarios.broker_wiped(servers)
    assert_well(suffer(children, folder / "farm", wiped, noise=AWAY, **servers.settings()))


def test_temporarily_full_disk_loses_no_job(folder: Path) -> None:
    verdict = disk_filled(folder, for_s=3)
    assert_well(verdict)
    assert verdict.attempts > verdict.accepted  # some were lost to it
