"""The short form: processes die at points of all kinds, and nothing is lost."""

import random
from pathlib import Path

import pytest

from tests.chaos import campaign
from tests.chaos.checker import Verdict
from tests.chaos.process_spawner import ProcessSpawner
from tests.chaos.servers import Servers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_KILLS = 8
_LONGEST_S = 75.0


def assert_well(verdict: Verdict) -> None:
    """Nothing was lost, done twice or out of order."""
    assert verdict.lost == []
    assert verdict.duplicated == []
    assert verdict.unexpected == []
    assert verdict.accepted > 0


def test_kills_lose_nothing_with_embedded_servers(children: ProcessSpawner, folder: Path) -> None:
    wanted = campaign.trials(_KILLS, having={"folder"}, chance=random.Random(11))
    verdict = campaign.run(children, folder / "farm", wanted, callers=6)
    assert_well(verdict)
    assert len(verdict.outcomes) == _KILLS
    assert all(outcome.recovered for outcome in verdict.outcomes)
    assert verdict.slowest_s < _LONGEST_S


def test_kills_lose_nothing_with_postgresql_and_rabbitmq(
    children: ProcessSpawner, folder: Path, servers: Servers
) -> None:
    wanted = campaign.trials(_KILLS, having=servers.having, chance=random.Random(12))
    verdict = campaign.run(children, folder / "farm", wanted, callers=6, **servers.settings())
    assert_well(verdict)
    assert len(verdict.outcomes) == _KILLS
    assert all(outcome.recovered for outcome in verdict.outcomes)
    assert verdict.slowest_s < _LONGEST_S
