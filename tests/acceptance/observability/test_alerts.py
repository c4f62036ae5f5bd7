"""The alerts are valid for Prometheus; each has a test and a section of advice in the docs."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.observability.conftest import RULES
from tests.servers.programs import ServerMissing, program
from tests.servers.prometheus import REMEDY
from tests.support.project import ROOT

TRIED = RULES.with_name("alerts_test.yaml")
GUIDE = ROOT / "docs" / "how-to" / "alerts.md"


@pytest.fixture(scope="module")
def promtool() -> Path:
    """Return the path of promtool, Prometheus's checker."""
    try:
        return program("promtool", remedy=REMEDY)
    except ServerMissing as missing:
        if os.environ.get("TEST_REQUIRE_SERVERS"):
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def run(promtool: Path, *arguments: str) -> None:
    ended = subprocess.run(
        [promtool, *arguments], cwd=RULES.parent, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_alert_rules_are_valid(promtool: Path) -> None:
    run(promtool, "check", "rules", RULES.name)


def test_configuration_is_valid(promtool: Path) -> None:
    run(promtool, "check", "config", "prometheus.yml")


def test_alerts_pass_their_rule_tests(promtool: Path) -> None:
    run(promtool, "test", "rules", TRIED.name)


@pytest.mark.parametrize("name", [alert["alert"] for alert in alerts()])
def test_alerts_are_tested_and_documented(name: str) -> None:
    tests = yaml.safe_load(TRIED.read_text())["tests"]
    tried = [one for test in tests for one in test["alert_rule_test"] if one["alertname"] == name]
    assert {bool(one.get("exp_alerts")) for one in tried} == {True, False}
    assert f"### {name}\n" in GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_alerts_have_a_severity_and_a_summary(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert alert["annotations"]["summary"].endswith(".")
