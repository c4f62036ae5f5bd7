"""The short run: processes are killed at crash points of all kinds, and no job is lost."""

import random
from pathlib import Path

import pytest

from tests.chaos import campaign
from tests.chaos.checker import Verdict
from tests.chaos.process_spawner import ProcessSpawner
from tests.servers.distributed import DistributedServers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_KILLS = 8
_MAX_RECOVERY_S = 75.0


def assert_clean(verdict: Verdict) -> None:
    """Assert that no job was lost, duplicated or in an unexpected state."""
    assert verdict.lost == []
    assert verdict.duplicated == []
    assert verdict.unexpected == []
    assert verdict.accepted > 0


def test_kills_lose_nothing_with_embedded_servers(children: ProcessSpawner, folder: Path) -> None:
    planned = campaign.plan_kills(_KILLS, having={"folder", "polling"}, rng=random.Random(11))
    verdict = campaign.run(children, folder / "farm", planned, callers=6)
    assert_clean(verdict)
    assert len(verdict.kills) == _KILLS
    assert all(kill.recovered for kill in verdict.kills)
    assert verdict.max_recovery_s < _MAX_RECOVERY_S


def test_kills_lose_nothing_with_postgresql_and_rabbitmq(
    children: ProcessSpawner, folder: Path, servers: DistributedServers
) -> None:
    planned = campaign.plan_kills(_KILLS, having={"s3", "rabbitmq"}, rng=random.Random(12))
    verdict = campaign.run(children, folder / "farm", planned, callers=6, **servers.settings())
    assert_clean(verdict)
    assert len(verdict.kills) == _KILLS
    assert all(kill.recovered for kill in verdict.kills)
    assert verdict.max_recovery_s < _MAX_RECOVERY_S
