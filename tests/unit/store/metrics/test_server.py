"""The HTTP server for metrics and health."""

import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.ports import free_ports
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.metrics import Metrics, Sample, free_bytes, serve_metrics
from whisperfarm_store.metrics.definitions import IN_FLIGHT, RESULT_CACHE
from whisperfarm_store.settings import StoreSettings


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    [port] = free_ports(1)
    return StoreSettings(data_dir=tmp_path, metrics_port=port)


def get(settings: StoreSettings, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{settings.metrics_port}{path}", timeout=10)


def test_server_has_metrics_and_checks_only(settings: StoreSettings) -> None:
    metrics, reasons = Metrics("worker"), [None, "blobs unavailable: refused"]
    metrics.count(RESULT_CACHE, outcome="hit")
    checks = {"/readyz": lambda: reasons[0]}
    with serve_metrics(settings, metrics, checks=checks):
        shown = get(settings, "/metrics")
        assert 'whisperfarm_result_cache_total{outcome="hit"} 1.0' in shown.text
        assert shown.headers["Content-Type"].startswith("text/plain")
        assert "process_resident_memory_bytes" in shown.text
        assert get(settings, "/readyz").status_code == 200
        reasons.pop(0)
        answer = get(settings, "/readyz")
        assert (answer.status_code, answer.text) == (503, "blobs unavailable: refused\n")
        assert get(settings, "/healthz").status_code == 404
        assert get(settings, "/").status_code == 404


def test_server_releases_its_port(settings: StoreSettings) -> None:
    for _ in range(2):
        with serve_metrics(settings, Metrics("worker")):
            assert get(settings, "/metrics").status_code == 200
    with pytest.raises(httpx.ConnectError):
        get(settings, "/metrics")


def test_server_is_off_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def listen(*_: Any, **__: Any) -> None:
        raise AssertionError("it listens")

    monkeypatch.setattr(socket.socket, "bind", listen)
    with serve_metrics(StoreSettings(data_dir=tmp_path), Metrics("worker")):
        pass


def test_server_listens_on_loopback_by_default() -> None:
    assert StoreSettings().metrics_host == "127.0.0.1"


def test_server_names_a_port_in_use(settings: StoreSettings) -> None:
    with (
        serve_metrics(settings, Metrics("worker")),
        pytest.raises(InvalidSettings, match=f"METRICS_PORT.* 127.0.0.1:{settings.metrics_port}"),
        serve_metrics(settings, Metrics("worker")),
    ):
        pass


def test_failing_collector_leaves_other_metrics(settings: StoreSettings) -> None:
    def broken() -> list[Sample]:
        raise RuntimeError("no such thing")

    metrics = Metrics("worker")
    metrics.register_collector(broken)
    metrics.register_collector(lambda: [Sample(IN_FLIGHT, 3.0)])
    with serve_metrics(settings, metrics):
        assert "whisperfarm_jobs_in_flight 3.0" in get(settings, "/metrics").text


def test_free_bytes_covers_a_missing_folder(tmp_path: Path) -> None:
    read = free_bytes({"data": tmp_path, "later": tmp_path / "a" / "b"})
    free = {one.labels: one.value for one in read()}
    assert free[("later",)] > 0
    assert free.keys() == {("data",), ("later",)}


def test_connection_has_nagle_disabled(settings: StoreSettings) -> None:
    asked: list[bool] = []

    def check() -> None:
        asked.append(sends_at_once(client))

    with (
        serve_metrics(settings, Metrics("worker"), checks={"/readyz": check}),
        socket.create_connection(("127.0.0.1", settings.metrics_port)) as client,
    ):
        client.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.0 200")
    assert asked == [True]


def sends_at_once(client: socket.socket) -> bool:
    """Return whether the server's side of this connection, in this process too, has TCP_NODELAY."""
    for file in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if not file.readlink().name.startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(file.name))) as other:
                if other.getpeername() == client.getsockname():
                    return bool(other.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    raise LookupError(client.getsockname())
