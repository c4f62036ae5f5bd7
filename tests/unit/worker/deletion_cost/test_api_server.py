"""The call to the API server, over TLS."""

from dataclasses import replace
from pathlib import Path

import pytest
from urllib3.util import Timeout

from tests.servers.certificate import certificate
from tests.servers.kubernetes import TOKEN, Cluster
from tests.servers.ports import free_ports
from whisperfarm_worker.deletion_cost import api_server
from whisperfarm_worker.deletion_cost.api_server import ApiServer, PatchFailed
from whisperfarm_worker.deletion_cost.pod import Pod, own_pod


def _pod(cluster: Cluster) -> Pod:
    return own_pod(cluster.environ, folder=cluster.service_account)


def test_patch_writes_only_the_annotation(cluster: Cluster) -> None:
    server = ApiServer(_pod(cluster))
    server.patch(100)
    server.patch(0)
    assert cluster.costs == ["100", "0"]


def test_patch_reads_the_token_each_time(cluster: Cluster) -> None:
    server = ApiServer(_pod(cluster))
    server.patch(100)
    cluster.renew("token-of-the-next-hour")
    server.patch(0)
    assert cluster.costs == ["100", "0"]


@pytest.mark.parametrize(
    ("status", "what_to_do"),
    [
        (401, "service account's token"),
        (403, "verb patch on pods.*scaling.podDeletionCost"),
        (404, "set POD_NAME"),
        (500, "try again later"),
        (302, "answers 302"),
    ],
)
def test_patch_failure_has_a_hint(cluster: Cluster, status: int, what_to_do: str) -> None:
    cluster.refuses_with = status
    with pytest.raises(PatchFailed, match=what_to_do) as caught:
        ApiServer(_pod(cluster)).patch(100)
    assert TOKEN not in str(caught.value)


def test_unreachable_api_server_raises_patch_failed(cluster: Cluster) -> None:
    [port] = free_ports(1)
    with pytest.raises(PatchFailed, match=r"cannot be reached.*networkPolicy\.apiServer"):
        ApiServer(replace(_pod(cluster), api_port=port)).patch(100)


def test_patch_times_out_for_a_hanging_api_server(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (api_server._TIMEOUT.connect_timeout, api_server._TIMEOUT.read_timeout) == (2, 5)
    monkeypatch.setattr(api_server, "_TIMEOUT", Timeout(connect=2, read=0.1))
    with cluster.held(), pytest.raises(PatchFailed, match="timed out"):
        ApiServer(_pod(cluster)).patch(100)


def test_untrusted_api_server_gets_no_token(cluster: Cluster, tmp_path: Path) -> None:
    other = certificate(tmp_path)
    with pytest.raises(PatchFailed, match=r"certificate does not match .*certificate\.pem"):
        ApiServer(replace(_pod(cluster), ca_file=other.file)).patch(100)
    assert cluster.asked == 0


def test_patch_ignores_environment_proxies(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    [port] = free_ports(1)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    ApiServer(_pod(cluster)).patch(100)
    assert cluster.costs == ["100"]


@pytest.mark.parametrize("content", ["two\nlines", "\u00e4"])
def test_invalid_token_is_not_shown(cluster: Cluster, content: str) -> None:
    server, token = ApiServer(_pod(cluster)), cluster.service_account / "token"
    token.write_text(content)
    with pytest.raises(PatchFailed, match="does not contain a token") as caught:
        server.patch(100)
    assert "two" not in str(caught.value)
    token.unlink()
    with pytest.raises(PatchFailed, match="No such file"):
        server.patch(100)
