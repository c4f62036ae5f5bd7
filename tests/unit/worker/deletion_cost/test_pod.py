"""The pod in which a worker runs."""

from pathlib import Path

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_worker.deletion_cost.pod import own_pod

INSIDE = {
    "KUBERNETES_SERVICE_HOST": "10.43.0.1",
    "KUBERNETES_SERVICE_PORT_HTTPS": "443",
    "HOSTNAME": "farm-worker-5d9-x2x",
}


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """Return a folder with a pod's service account."""
    (tmp_path / "token").write_text("t")
    (tmp_path / "ca.crt").write_text("c")
    (tmp_path / "namespace").write_text("speech\n")
    return tmp_path


def test_own_pod_reads_the_cluster_files(account: Path) -> None:
    pod = own_pod(INSIDE, folder=account)
    assert (pod.name, pod.namespace) == ("farm-worker-5d9-x2x", "speech")
    assert (pod.api_host, pod.api_port) == ("10.43.0.1", 443)


def test_pod_name_takes_precedence_over_hostname(account: Path) -> None:
    assert own_pod({**INSIDE, "POD_NAME": "farm-0"}, folder=account).name == "farm-0"


def test_own_pod_outside_a_cluster_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings) as caught:
        own_pod({}, folder=tmp_path / "none")
    said = str(caught.value)
    assert caught.value.exit_code == 78
    for named in (
        "WHISPERFARM_POD_DELETION_COST", "KUBERNETES_SERVICE_HOST", "POD_NAME", "none/token",
        "scaling.podDeletionCost",
    ):  # fmt: skip
        assert named in said


@pytest.mark.parametrize("absent", [*INSIDE, "token", "ca.crt", "namespace"])
def test_own_pod_names_each_missing_item(account: Path, absent: str) -> None:
    if absent not in INSIDE:
        (account / absent).unlink()
    environ = {name: value for name, value in INSIDE.items() if name != absent}
    named = "POD_NAME" if absent == "HOSTNAME" else absent
    with pytest.raises(InvalidSettings, match=rf"missing: [^,]*{named}\. "):
        own_pod(environ, folder=account)


def test_own_pod_names_an_invalid_port(account: Path) -> None:
    environ = {**INSIDE, "KUBERNETES_SERVICE_PORT_HTTPS": "tcp://10.43.0.1:443"}
    with pytest.raises(InvalidSettings, match="KUBERNETES_SERVICE_PORT_HTTPS: tcp://"):
        own_pod(environ, folder=account)
