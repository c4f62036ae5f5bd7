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


def test_a_worker_that_is_stopped_past_its_lease_has_no_say_when_it_goes_on(
    children: ProcessSpawner, folder: Path
) -> None:
    stopped = scenarios.worker_stopped(times=1)
    assert_well(suffer(children, folder / "farm", stopped, CHAOS_PACE="1.5"))


def test_nothing_is_lost_when_the_broker_loses_its_data(
    children: ProcessSpawner, folder: Path, servers: Servers
) -> None:
    wiped = scenarios.broker_wiped(servers)
    assert_well(suffer(children, folder / "farm", wiped, noise=AWAY, **servers.settings()))


def test_nothing_is_lost_when_the_disk_is_full_for_a_while(folder: Path) -> None:
    verdict = disk_filled(folder, for_s=3)
    assert_well(verdict)
    assert verdict.attempts > verdict.accepted  # some were lost to it
