"""The small server that shows metrics and health."""

import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.ports import free_ports
from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_store.metrics import Meters, Reading, room_in, serving
from whisperfarm_store.metrics.definitions import IN_FLIGHT, RESULT_CACHE
from whisperfarm_store.settings import StoreSettings


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    [port] = free_ports(1)
    return StoreSettings(data_dir=tmp_path, metrics_port=port)


def get(settings: StoreSettings, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{settings.metrics_port}{path}", timeout=10)


def test_metrics_and_checks_are_shown_and_nothing_else(settings: StoreSettings) -> None:
    meters, reasons = Meters("worker"), [None, "blobs unavailable: refused"]
    meters.count(RESULT_CACHE, outcome="hit")
    checks = {"/readyz": lambda: reasons[0]}
    with serving(settings, meters, checks=checks):
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


def test_the_port_is_free_again_afterwards(settings: StoreSettings) -> None:
    for _ in range(2):
        with serving(settings, Meters("worker")):
            assert get(settings, "/metrics").status_code == 200
    with pytest.raises(httpx.ConnectError):
        get(settings, "/metrics")


def test_it_is_off_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def listen(*_: Any, **__: Any) -> None:
        raise AssertionError("it listens")

    monkeypatch.setattr(socket.socket, "bind", listen)
    with serving(StoreSettings(data_dir=tmp_path), Meters("worker")):
        pass


def test_it_listens_on_loopback_alone_by_default() -> None:
    assert StoreSettings().metrics_host == "127.0.0.1"


def test_a_port_that_is_taken_is_named(settings: StoreSettings) -> None:
    with (
        serving(settings, Meters("worker")),
        pytest.raises(SettingsWrong, match=f"METRICS_PORT: 127.0.0.1:{settings.metrics_port}"),
        serving(settings, Meters("worker")),
    ):
        pass


def test_a_source_that_fails_takes_nothing_else_with_it(settings: StoreSettings) -> None:
    def broken() -> list[Reading]:
        raise RuntimeError("no such thing")

    meters = Meters("worker")
    meters.read_from(broken)
    meters.read_from(lambda: [Reading(IN_FLIGHT, 3.0)])
    with serving(settings, meters):
        assert "whisperfarm_jobs_in_flight 3.0" in get(settings, "/metrics").text


def test_room_is_told_also_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    read = room_in({"data": tmp_path, "later": tmp_path / "a" / "b"})
    free = {one.labels: one.value for one in read()}
    assert free[("later",)] > 0
    assert free.keys() == {("data",), ("later",)}


def test_a_connection_sends_small_packets_at_once(settings: StoreSettings) -> None:
    asked: list[bool] = []

    def check() -> None:
        asked.append(sends_at_once(client))

    with (
        serving(settings, Meters("worker"), checks={"/readyz": check}),
        socket.create_connection(("127.0.0.1", settings.metrics_port)) as client,
    ):
        client.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.0 200")
    assert asked == [True]


def sends_at_once(client: socket.socket) -> bool:
    """Whether the other end of this connection, which is in this process as well, does."""
    for file in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if not file.readlink().name.startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(file.name))) as other:
                if other.getpeername() == client.getsockname():
                    return bool(other.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    raise LookupError(client.getsockname())
