"""No installation runs privileged, exposes credentials or has more network access than it needs."""

import re
from typing import Any

import pytest

from tests.support.chart import Manifest, environment, merged, rendered
from tests.support.chart_values import CASES, EVERYTHING, SERVERS
from whisperfarm.commands.settings import SETTINGS_CLASSES

CREDENTIALS = {
    "WHISPERFARM_API_KEY", "HF_TOKEN", "OTEL_EXPORTER_OTLP_HEADERS",
    "WHISPERFARM_S3_ACCESS_KEY_ID", "WHISPERFARM_DATABASE_URL", "WHISPERFARM_BROKER_URL",
    "WHISPERFARM_FLOWER_USER", "WHISPERFARM_FLOWER_PASSWORD", "WHISPERFARM_REDIS_URL",
    "WHISPERFARM_API_KEYS", "WHISPERFARM_OPERATOR_KEYS", "WHISPERFARM_CALLBACK_SECRETS",
    "WHISPERFARM_TOKEN_SECRET", "WHISPERFARM_SIPREC_TOKEN",
    "WHISPERFARM_S3_SECRET_ACCESS_KEY",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_pod_is_restricted(case: str) -> None:
    for name, _, spec in rendered(CASES[case]).pods():
        assert spec["automountServiceAccountToken"] is False, name
        context = spec["securityContext"]
        assert context["runAsNonRoot"] is True, name
        assert (context["runAsUser"], context["runAsGroup"]) == (10001, 10001), name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec), name
        assert all("hostPath" not in volume for volume in spec["volumes"]), name


@pytest.mark.parametrize("case", CASES)
def test_containers_are_restricted_and_write_only_to_tmp(case: str) -> None:
    release = rendered(CASES[case])
    for name, container in release.containers():
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False, name
        assert context["readOnlyRootFilesystem"] is True, name
        assert context["capabilities"] == {"drop": ["ALL"]}, name
        assert "privileged" not in context, name
        assert "tmp" in {mount["name"] for mount in container["volumeMounts"]}, name
        assert container["resources"]["limits"]["memory"], name
    for name, _, spec in release.pods():
        [scratch] = [volume for volume in spec["volumes"] if volume["name"] == "tmp"]
        assert "emptyDir" in scratch, name


@pytest.mark.parametrize("case", CASES)
def test_mounts_and_volumes_fit_together(case: str) -> None:
    for name, _, spec in rendered(CASES[case]).pods():
        there = [volume["name"] for volume in spec["volumes"]]
        containers = [*spec.get("initContainers", []), *spec["containers"]]
        mounted = {mount["name"] for one in containers for mount in one["volumeMounts"]}
        assert sorted(there) == sorted(mounted), name


@pytest.mark.parametrize("case", CASES)
def test_only_credentials_come_from_secrets(case: str) -> None:
    release = rendered(CASES[case])
    assert not release.of("Secret")
    seen = set()
    for name, container in release.containers():
        for variable, value in environment(container).items():
            assert isinstance(value, tuple) == (variable in CREDENTIALS), (name, variable)
            seen.add(variable)
    assert seen & CREDENTIALS


def test_every_credential_is_configurable() -> None:
    seen = set()
    for _, container in rendered(EVERYTHING).containers():
        seen |= {name for name, value in environment(container).items() if isinstance(value, tuple)}
    assert seen == CREDENTIALS


def test_secret_settings_are_credentials() -> None:
    secret = {
        f"WHISPERFARM_{name}".upper()
        for kind in SETTINGS_CLASSES
        for name, field in kind.model_fields.items()
        if "SecretStr" in str(field.annotation) or not field.repr
    }
    assert secret
    assert secret <= CREDENTIALS


@pytest.mark.parametrize("case", CASES)
def test_service_links_are_disabled(case: str) -> None:
    """A Service called whisperfarm would set WHISPERFARM_PORT to an address."""
    for name, _, spec in rendered(CASES[case]).pods():
        assert spec["enableServiceLinks"] is False, name


def _allows(policy: Manifest, labels: dict[str, str]) -> bool:
    selector = policy["spec"]["podSelector"]
    wanted = selector.get("matchLabels", {}).items()
    return wanted <= labels.items() and all(
        labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", [])
    )


def _ports(policies: list[Manifest], labels: dict[str, str], way: str) -> set[int]:
    return {
        port["port"]
        for policy in policies
        if _allows(policy, labels)
        for rule in policy["spec"].get(way, [])
        for port in rule["ports"]
    }


@pytest.mark.parametrize("case", sorted(set(CASES) - {"without-extras"}))
def test_network_policies_open_only_named_ports(case: str) -> None:
    release = rendered(CASES[case])
    policies = release.of("NetworkPolicy")
    for name, labels, _ in release.pods():
        closed = [
            policy
            for policy in policies
            if _allows(policy, labels)
            and policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
            and not {"ingress", "egress"} & set(policy["spec"])
        ]
        assert len(closed) == 1, name
    for policy in policies:
        for way in ("ingress", "egress"):
            for rule in policy["spec"].get(way, []):
                assert rule["ports"], policy["metadata"]["name"]


def test_components_reach_only_what_they_need() -> None:
    release = rendered(EVERYTHING)
    policies = release.of("NetworkPolicy")
    servers = {53, 443, 4318, 5432, 5671, 5672, 6379}
    expected: dict[str, tuple[set[int], set[int]]] = {
        "dispatcher": ({8000, 9464}, servers | {80}),
        "inference": ({8000, 9464}, servers | {80}),
        "worker": ({9464}, servers),
        "flower": ({5555}, {53, 5671, 5672}),
        "migrate": (set(), {53, 5432}),
        "watch": ({9464}, {53, 8000, 8080}),
        "backup": (set(), {53, 443, 5432}),
        "test": (set(), {53, 8000}),
    }
    seen = set()
    for _, labels, _ in release.pods():
        component = labels["app.kubernetes.io/component"]
        reached = (_ports(policies, labels, "ingress"), _ports(policies, labels, "egress"))
        tells_its_cost = labels.get("whisperfarm/pool") == "large"
        api_server = {6443} if tells_its_cost else set()
        assert reached == (expected[component][0], expected[component][1] | api_server), component
        seen.add(component)
    assert seen == set(expected)


def test_only_a_pulling_worker_reaches_the_model_source() -> None:
    models = {"networkPolicy": {"models": {"ports": [8443]}}}
    pulling = rendered(merged(EVERYTHING, models))
    served = rendered(merged(SERVERS, models))
    for release, reached in ((pulling, True), (served, False)):
        [labels, *_] = [labels for name, labels, _ in release.pods() if "-worker-" in name]
        assert (8443 in _ports(release.of("NetworkPolicy"), labels, "egress")) is reached


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("", None),
        ("http://collector:4318/v1/traces", 4318),
        ("https://traces.example.org/v1/traces", 443),
        ("http://traces.example.org/v1/traces", 80),
        ("http://[fd00::1]:4319/v1/traces", 4319),
    ],
)
def test_network_policy_opens_the_port_of_the_traces_url(url: str, port: int | None) -> None:
    values = merged(SERVERS, {"traces": {"url": url}, "blobs": {"url": "", "existingClaim": "b"}})
    values["networkPolicy"] = {"callbacks": {"enabled": False}}
    release = rendered(values)
    others = {53, 5432, 5671, 5672}
    parts = []
    for name, labels, spec in release.pods():
        part = labels["app.kubernetes.io/component"]
        given = [environment(one).get("WHISPERFARM_TRACES_URL") for one in spec["containers"]]
        if part in {"dispatcher", "worker"}:
            assert given == [url or None], name
            reached = _ports(release.of("NetworkPolicy"), labels, "egress")
            assert reached == others | ({port} if port else set()), name
            parts.append(part)
        else:
            assert given == [None], name
    assert sorted(parts) == ["dispatcher", "worker"]


def test_traces_peer_is_configurable() -> None:
    peer = {"namespaceSelector": {"matchLabels": {"team": "watch"}}}
    values = {
        "traces": {"url": "http://collector/v1/traces"},
        "networkPolicy": {"traces": {"to": [peer], "ports": [4318]}},
    }
    for part in ("-dispatcher", "-worker"):
        rules = rendered(merged(SERVERS, values)).one("NetworkPolicy", part)["spec"]["egress"]
        assert {"ports": [{"protocol": "TCP", "port": 4318}], "to": [peer]} in rules


def test_resource_attributes_use_the_opentelemetry_variables() -> None:
    containers = dict(rendered(EVERYTHING).containers())
    given = environment(containers["Deployment farm-scribe-worker-small, worker"])
    said = given["OTEL_RESOURCE_ATTRIBUTES"]
    assert said == "deployment.environment=test,service.namespace=speech"
    assert given["OTEL_EXPORTER_OTLP_HEADERS"] == ("collector", "traces-headers")


def test_caller_peers_are_configurable() -> None:
    peer: dict[str, Any] = {"namespaceSelector": {"matchLabels": {"team": "calls"}}}
    release = rendered(merged(SERVERS, {"networkPolicy": {"callers": [peer]}}))
    rules = release.one("NetworkPolicy", "-dispatcher")["spec"]["ingress"]
    to_callers = [rule for rule in rules if {"protocol": "TCP", "port": 8000} in rule["ports"]]
    assert to_callers[0]["from"] == [peer]
    assert all(rule["from"] for rule in rules)


@pytest.mark.parametrize("case", CASES)
def test_images_are_named_by_version_or_digest(case: str) -> None:
    for name, container in rendered(CASES[case]).containers():
        assert re.search(
            r":0\.1\.0(-(cpu|gpu|edge))?$|@sha256:[0-9a-f]{64}$", container["image"]
        ), name
