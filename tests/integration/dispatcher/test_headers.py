"""Request headers that never end, or never come."""

import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.integration.dispatcher.farm import DEADLINE_S, DispatcherFarm, started
from tests.support.recordings import wav
from whisperfarm_dispatcher.api.middleware import header_timeout

BEGUN = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
HEADER_TIMEOUT_S = 0.2
LONGER_S = 0.3


@pytest.fixture
def farm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DispatcherFarm]:
    """Run a farm with a short timeout for headers."""
    monkeypatch.setattr(header_timeout, "HEADER_TIMEOUT_S", HEADER_TIMEOUT_S)
    with started(tmp_path) as running:
        yield running


@pytest.fixture
def caller(farm: DispatcherFarm) -> Iterator[socket.socket]:
    where = urlsplit(farm.url)
    address = (where.hostname, where.port)
    with socket.create_connection(address, timeout=DEADLINE_S) as connection:
        yield connection


@pytest.mark.parametrize(
    ("begun", "more"),
    [
        (BEGUN, b"X-One-Of-Many: value\r\n" * 50),
        (BEGUN + b"X-Long: ", b"x" * 1024),
        (b"GET /", b"x" * 1024),
    ],
    ids=["many", "a long one", "a long path"],
)
def test_endless_headers_are_rejected(
    farm: DispatcherFarm, caller: socket.socket, begun: bytes, more: bytes
) -> None:
    caller.sendall(begun)
    with pytest.raises(ConnectionError):
        _send_megabytes(caller, more)
    assert farm.http.get(f"{farm.url}/healthz").status_code == 200


def _send_megabytes(caller: socket.socket, more: bytes) -> None:
    for _ in range(4096):
        caller.sendall(more)


def test_long_headers_are_accepted(farm: DispatcherFarm) -> None:
    long = {"X-Long": "x" * (header_timeout.MAX_HEADER_BYTES - 1024)}
    assert farm.http.get(f"{farm.url}/healthz", headers=long).status_code == 200


def _answer(caller: socket.socket, request: bytes) -> tuple[int, dict[str, Any]]:
    caller.sendall(request)
    response = HTTPResponse(caller)
    response.begin()
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.status, json.loads(response.read())


@pytest.mark.parametrize("before", [b"", BEGUN + b"\r\n"], ids=["first", "pipelined"])
def test_large_headers_in_one_piece_are_rejected(caller: socket.socket, before: bytes) -> None:
    if before:
        caller.sendall(before)
        first = HTTPResponse(caller)
        first.begin()
        assert (first.status, first.read()) == (200, b'{"status":"ok"}')
    large = b"X-Long: " + b"x" * header_timeout.MAX_HEADER_BYTES
    status, problem = _answer(caller, BEGUN + large + b"\r\n\r\n")
    assert (status, problem["status"], problem["name"]) == (431, 431, "client-error")
    assert str(header_timeout.MAX_HEADER_BYTES) in problem["detail"]
    assert caller.recv(1) == b""


@pytest.mark.parametrize("request_", [b"\x16\x03\x01\x02\0\x01\r\n\r\n", b"GET\r\n\r\n"])
def test_malformed_http_gets_a_problem_document(caller: socket.socket, request_: bytes) -> None:
    status, problem = _answer(caller, request_)
    assert (status, problem["name"]) == (400, "client-error")
    assert caller.recv(1) == b""


def test_long_job_id_is_not_repeated_in_full(farm: DispatcherFarm) -> None:
    answer = farm.http.get(f"{farm.url}/v1/jobs/{'x' * 8000}")
    assert (answer.status_code, answer.json()["name"]) == (404, "job-not-found")
    assert len(answer.content) < 2000


@pytest.mark.parametrize("begun", [b"", BEGUN])
def test_connection_with_stalled_headers_is_closed(caller: socket.socket, begun: bytes) -> None:
    caller.sendall(begun)
    assert caller.recv(1) == b""


def test_connection_with_endless_headers_is_closed(caller: socket.socket) -> None:
    caller.sendall(BEGUN)
    caller.settimeout(HEADER_TIMEOUT_S / 10)
    assert any(_is_hung_up(caller) for _ in range(400))


def _is_hung_up(caller: socket.socket) -> bool:
    try:
        caller.sendall(b"X-More: x\r\n")
        return caller.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_header_timeout_spares_bodies_and_idle_connections(caller: socket.socket) -> None:
    audio = wav()
    for _ in range(2):
        head = f"POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(audio)}\r\n\r\n"
        caller.sendall(head.encode() + audio[:100])
        _expect_silence(caller)
        caller.sendall(audio[100:])
        answer = HTTPResponse(caller)
        answer.begin()
        assert answer.status == 202
        answer.read()
        _expect_silence(caller)


def _expect_silence(caller: socket.socket) -> None:
    caller.settimeout(LONGER_S)
    with pytest.raises(TimeoutError):
        caller.recv(1)
    caller.settimeout(DEADLINE_S)
