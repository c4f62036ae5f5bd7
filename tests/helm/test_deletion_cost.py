"""Workers alone have the permission and the token to set their pods' deletion cost."""

from typing import Any

import pytest

from tests.support.chart import Manifest, Release, environment, merged, rendered
from tests.support.chart_values import CASES, EVERYTHING, SERVERS
from whisperfarm_worker.deletion_cost import pod

TELLS = "farm-scribe-worker-large"
ON = {"workers": {"defaults": {"scaling": {"podDeletionCost": True}}}}


def _deployments(release: Release) -> dict[str, Manifest]:
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in release.of("Deployment")
    }


def _tokens(spec: Manifest) -> list[str]:
    """Return the volumes with a token for the API server."""
    return [
        volume["name"]
        for volume in spec["volumes"]
        for source in volume.get("projected", {}).get("sources", [])
        if "serviceAccountToken" in source
    ]


def test_worker_gets_its_pod_name_and_account_files() -> None:
    spec = _deployments(rendered(EVERYTHING))[TELLS]
    [worker] = spec["containers"]
    given = environment(worker)
    assert given["WHISPERFARM_POD_DELETION_COST"] == "true"
    assert given["POD_NAME"] == "metadata.name"
    [mount] = [one for one in worker["volumeMounts"] if one["name"] == "account"]
    assert (mount["mountPath"], mount["readOnly"]) == (str(pod.SERVICE_ACCOUNT), True)
    [volume] = [one for one in spec["volumes"] if one["name"] == "account"]
    files = {
        item["path"]
        for source in volume["projected"]["sources"]
        for item in next(iter(source.values())).get("items", [{"path": "token"}])
    }
    assert files == set(pod._FILES)


def test_only_the_workers_of_the_pool_get_the_token() -> None:
    release = rendered(EVERYTHING)
    for name, spec in _deployments(release).items():
        assert _tokens(spec) == (["account"] if name == TELLS else []), name
        for container in spec.get("initContainers", []):
            assert "account" not in {mount["name"] for mount in container["volumeMounts"]}, name
    for name, _, spec in release.pods():
        if "account" not in {volume["name"] for volume in spec["volumes"]}:
            assert spec.get("serviceAccountName") != "farm-scribe-worker", name


def test_role_allows_only_the_worker_to_patch_pods() -> None:
    release = rendered(EVERYTHING)
    role, binding = release.one("Role"), release.one("RoleBinding")
    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["patch"]}]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    account = _deployments(release)[TELLS]["serviceAccountName"]
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": account, "namespace": "speech"}
    ]
    assert account in {one["metadata"]["name"] for one in release.of("ServiceAccount")}
    assert all(one["automountServiceAccountToken"] is False for one in release.of("ServiceAccount"))
    assert not release.of("ClusterRole")


@pytest.mark.parametrize(
    "case", sorted(set(CASES) - {"everything", "by-the-ledger", "with-a-token"})
)
def test_default_release_grants_no_role(case: str) -> None:
    release = rendered(CASES[case])
    assert not release.of("Role")
    assert not release.of("RoleBinding")
    assert len(release.of("ServiceAccount")) <= 1
    for name, _, spec in release.pods():
        assert not _tokens(spec), name
        for container in spec["containers"]:
            assert "WHISPERFARM_POD_DELETION_COST" not in environment(container), name


def test_pool_may_disable_the_deletion_cost() -> None:
    pools: list[dict[str, Any]] = [
        {"name": "one"}, {"name": "two", "scaling": {"podDeletionCost": False}},
    ]  # fmt: skip
    release = rendered(merged(merged(SERVERS, ON), {"workers": {"pools": pools}}))
    tokens = {name: bool(_tokens(spec)) for name, spec in _deployments(release).items()}
    assert tokens["farm-whisperfarm-worker-one"] is True
    assert tokens["farm-whisperfarm-worker-two"] is False
    [peers] = release.one("NetworkPolicy", "-api-server")["spec"]["podSelector"]["matchExpressions"]
    assert peers["values"] == ["one"]


def test_api_server_peer_is_configurable() -> None:
    peer = {"ipBlock": {"cidr": "192.0.2.1/32"}}
    named = {"networkPolicy": {"apiServer": {"to": [peer], "ports": [6443]}}}
    release = rendered(merged(merged(SERVERS, ON), named))
    [rule] = release.one("NetworkPolicy", "-api-server")["spec"]["egress"]
    assert rule == {"ports": [{"protocol": "TCP", "port": 6443}], "to": [peer]}


def test_existing_service_account_is_bound_and_not_created() -> None:
    own = {"serviceAccount": {"create": False, "name": "speech-farm"}}
    release = rendered(merged(merged(SERVERS, ON), own))
    assert not release.of("ServiceAccount")
    assert release.one("RoleBinding")["subjects"][0]["name"] == "speech-farm"


def test_numeric_names_are_quoted() -> None:
    """The API server rejects a label that is not a string."""
    release = rendered(merged(merged(SERVERS, ON), {"workers": {"pools": [{"name": "80"}]}}))
    [peers] = release.one("NetworkPolicy", "-api-server")["spec"]["podSelector"]["matchExpressions"]
    [labels] = [labels for name, labels, _ in release.pods() if "-worker-" in name]
    assert (peers["values"], labels["whisperfarm/pool"]) == (["80"], "80")
