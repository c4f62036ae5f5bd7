"""A real Prometheus scrapes the farm; all queries of dashboards and alerts find series."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.observability.conftest import Watched
from tests.acceptance.observability.test_alerts import alerts
from tests.servers.prometheus import PrometheusServer
from tests.support.project import ROOT
from tests.support.waiting import until
from whisperfarm_store.metrics.definitions import METRICS, WATCH

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

DASHBOARDS = sorted((ROOT / "docker" / "observability" / "grafana" / "dashboards").glob("*.json"))
ON_A_GPU_ALONE = {"GPU memory"}
VARIABLES = {
    "$__rate_interval": "1m",
    "$preset": ".*",
    "$tenant": ".*",
    "$instance": ".*",
}


@pytest.fixture(scope="module")
def prometheus(server: PrometheusServer, idle: Watched) -> PrometheusServer:
    """Return Prometheus after two rounds of work: a rate needs an increase of existing series."""
    for _ in range(2):
        idle.work()
        ended = f"sum(whisperfarm_jobs_ended_total) >= {len(idle.jobs)}"
        until(lambda wanted=ended: server.query(wanted), "the ended jobs in Prometheus")
    return server


def panels() -> list[tuple[str, str, str]]:
    """Yield dashboard, panel and query of all dashboards."""
    return [
        (path.stem, panel["title"], target["expr"])
        for path in DASHBOARDS
        for panel in json.loads(path.read_text())["panels"]
        for target in panel.get("targets", [])
    ]


def filled_in(expression: str) -> str:
    for variable, text in VARIABLES.items():
        expression = expression.replace(variable, text)
    assert "$" not in expression
    return expression


@pytest.mark.parametrize(("dashboard", "title", "expression"), panels())
def test_every_panel_has_data(
    prometheus: PrometheusServer, dashboard: str, title: str, expression: str
) -> None:
    def numbers() -> list[float]:
        values = prometheus.query(filled_in(expression))
        return [one for one in values if math.isfinite(one)]

    if title in ON_A_GPU_ALONE:
        assert numbers() == []
    else:
        assert until(numbers, f"numbers for {dashboard}: {title}", within_s=15)


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_dashboard_has_a_data_source_variable_and_no_overlaps(
    path: Path,
) -> None:
    board = json.loads(path.read_text())
    assert board["templating"]["list"][0]["type"] == "datasource"
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert {target["datasource"]["uid"] for target in _targets(board)} == {"${datasource}"}
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def _targets(board: dict[str, Any]) -> list[dict[str, Any]]:
    return [target for panel in board["panels"] for target in panel.get("targets", [])]


def test_alerts_are_evaluated_and_do_not_fire(
    prometheus: PrometheusServer,
) -> None:
    def evaluated() -> list[dict[str, Any]] | None:
        groups = prometheus.api("rules")["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        return rules if all(rule["health"] != "unknown" for rule in rules) else None

    rules = until(evaluated, "the first evaluation of all rules")
    assert {rule["name"] for rule in rules} == {alert["alert"] for alert in alerts()}
    assert {
        rule["name"]: rule.get("lastError", "") for rule in rules if rule["health"] != "ok"
    } == {}
    firing = {rule["name"] for rule in rules if rule["state"] == "firing"}
    assert firing == set()


def test_alerts_and_dashboards_use_existing_metrics(
    prometheus: PrometheusServer,
) -> None:
    groups = prometheus.api("rules")["data"]["groups"]
    asked = " ".join([rule["query"] for group in groups for rule in group["rules"]])
    asked += " ".join(expression for _, _, expression in panels())
    known = set(prometheus.api("label/__name__/values")["data"])
    not_running = {one.name for one in METRICS if one.components == WATCH}
    absent = {"whisperfarm_gpu_memory_bytes", *not_running}
    assert set(re.findall(r"whisper(?:farm|x)_\w+", asked)) - known <= absent
