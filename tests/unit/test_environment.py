"""The environment of tests and their child processes."""

import os

import pytest

from tests.support.environment import BUILD_SERVICES, environment
from tests.support.project import ROOT


def test_environment_has_no_variables_of_farms_and_build_services(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    removed = [*BUILD_SERVICES, "WHISPERFARM_URL", "AWS_PROFILE", "OTEL_EXPORTER_OTLP_ENDPOINT"]
    for name in removed:
        monkeypatch.setenv(name, "x")
    clean = environment(WHISPERFARM_URL="http://farm")
    assert clean.keys() & set(removed) == {"WHISPERFARM_URL"}
    assert clean["PATH"] == os.environ["PATH"]


def test_children_of_tests_get_a_clean_environment() -> None:
    whole = "**os." + "environ"
    users = [file for file in (ROOT / "tests").rglob("*.py") if whole in file.read_text()]
    assert users == []
