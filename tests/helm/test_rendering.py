"""All values files pass Helm's linter and the schemas of the APIs."""

import copy
from pathlib import Path
from typing import Any

import helm_python
import jsonschema
import pytest

from tests.helm import schemas
from tests.support.chart import CHART, NAMESPACE, notes, rendered
from tests.support.chart_values import CASES, EVERYTHING

CUSTOM = {"ScaledObject", "TriggerAuthentication", "ServiceMonitor", "PrometheusRule"} | {
    "InferenceService"
}


@pytest.mark.parametrize("case", CASES)
def test_helm_lint_reports_nothing(case: str) -> None:
    found = helm_python.lint(
        CHART, CASES[case], strict=True, namespace=NAMESPACE, kube_version="1.30.0"
    )
    complaints = [one for one in found["messages"] if one["severity"] > 1]
    assert (found["total_charts_linted"], complaints, found["errors"]) == (1, [], [])


@pytest.mark.parametrize("case", CASES)
def test_manifests_validate_against_their_schemas(case: str) -> None:
    manifests = rendered(CASES[case]).manifests
    assert len(manifests) > 5
    for manifest in manifests:
        schemas.check(manifest)


@pytest.mark.parametrize("case", CASES)
def test_manifest_names_are_unique(case: str) -> None:
    names = [(one["kind"], one["metadata"]["name"]) for one in rendered(CASES[case]).manifests]
    assert len(names) == len(set(names))


def test_kinds_of_other_projects_are_optional() -> None:
    kinds = {one["kind"] for one in rendered(CASES["servers"]).manifests}
    assert not kinds & CUSTOM
    assert {one["kind"] for one in rendered(CASES["everything"]).manifests} >= CUSTOM


@pytest.mark.parametrize("kind", sorted(CUSTOM | {"Deployment", "NetworkPolicy"}))
def test_schema_check_rejects_an_unknown_field(kind: str) -> None:
    release = rendered(CASES["by-the-ledger"])
    manifest = copy.deepcopy(release.of(kind)[0])
    schemas.check(manifest)
    manifest["spec"]["mispelt"] = 1
    with pytest.raises(jsonschema.ValidationError, match="mispelt"):
        schemas.check(manifest)


def test_long_release_name_keeps_object_names_valid() -> None:
    release = rendered(EVERYTHING, release="a-release-whose-name-is-as-long-as-helm-takes-it-okay")
    for manifest in release.manifests:
        assert len(manifest["metadata"]["name"]) <= 63


@pytest.mark.parametrize("case", CASES)
def test_notes_name_the_address_and_the_presets(case: str) -> None:
    said = notes(CASES[case])
    service: Any = next(
        one["metadata"]["name"]
        for one in rendered(CASES[case]).of("Service")
        if any(port["name"] == "http" and port["port"] == 8000 for port in one["spec"]["ports"])
    )
    assert f"http://{service}.{NAMESPACE}:8000" in said


def test_packaged_chart_renders_the_same(tmp_path: Path) -> None:
    package = helm_python.package(CHART, destination=tmp_path)
    with helm_python.Chart.load(package) as packaged, helm_python.Chart.load(CHART) as folder:
        assert packaged.render(EVERYTHING, name="farm") == folder.render(EVERYTHING, name="farm")
        carried = {one["name"] for one in packaged.files}
    assert {"values-gpu.yaml", "values-airgap.yaml", "values-edge.yaml"} <= carried
