"""The total time of the client covers the look-up of the host, TCP and TLS."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from whisperfarm_client.api import FarmApi
from whisperfarm_client.connecting import connect
from whisperfarm_client.retried_requests import RetriedRequests
from whisperfarm_client.retry import Environment, Retrier
from whisperfarm_client.tls import NO_FILES
from whisperfarm_client.transport import ConnectFailed, HttpConnection
from whisperfarm_contract.problems import DeadlineExceeded

HANGS_S = 20.0
"""How long a hang lasts at most, so that a fault does not block the tests."""


@pytest.fixture
def hanging_resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make all look-ups hang until the test has ended."""
    over = threading.Event()
    look_up = socket.getaddrinfo

    def hang(*args: Any, **options: Any) -> Any:
        over.wait(HANGS_S)
        return look_up("127.0.0.1", *args[1:], **options)

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    yield
    over.set()


@pytest.fixture
def dripping_port() -> Iterator[int]:
    """Run a server that sends a TLS record byte by byte and never completes it."""
    over = threading.Event()

    def drip(accepted: socket.socket) -> None:
        with accepted, suppress(OSError):
            accepted.sendall(b"\x16\x03\x03\x40\x00")
            while not over.wait(0.05):
                accepted.sendall(b"\x02")

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=[server.accept()[0]], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        threading.Timer(HANGS_S, over.set).start()
        yield int(server.getsockname()[1])
        over.set()


def _wait(connection: HttpConnection) -> None:
    """Wait for a job with a deadline in 0.4 seconds."""
    environment = Environment()
    retrier = Retrier(
        deadline=environment.clock() + 0.4, connect_timeout_s=30.0, environment=environment
    )
    FarmApi(RetriedRequests(connection), lambda _: retrier, timeout_s=0.0).wait("j1")


@pytest.mark.usefixtures("hanging_resolver")
def test_hanging_look_up_ends_at_the_deadline(farm: Any) -> None:
    connection = HttpConnection(farm.address, key=None, tls=NO_FILES)
    with pytest.raises(DeadlineExceeded, match=r"looking up .* timed out"):
        _wait(connection)


def test_dripping_handshake_ends_at_the_deadline(farm: Any, dripping_port: int) -> None:
    address = farm.address._replace(scheme="https", port=dripping_port)
    with pytest.raises(DeadlineExceeded):
        _wait(HttpConnection(address, key=None, tls=NO_FILES))


Addresses = Callable[..., None]


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> Addresses:
    """Make look-ups return these local ports."""

    def use(*ports: int) -> None:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
        found = [(*kind, ("127.0.0.1", port)) for port in ports]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    return use


@pytest.fixture
def full_port() -> Iterator[int]:
    """Return a port on which connections are neither accepted nor refused."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, socket.socket() as first:
        address = server.getsockname()
        first.connect(address)
        yield int(address[1])


def test_addresses_that_do_not_answer_share_the_time(
    addresses: Addresses, full_port: int, farm: Any
) -> None:
    addresses(full_port, full_port, farm.address.port)
    with connect("farm", 80, tls=None, end=time.monotonic() + 1.5) as sock:
        assert sock.getpeername()[1] == farm.address.port
    addresses(full_port, full_port, full_port)
    with pytest.raises(TimeoutError):
        connect("farm", 80, tls=None, end=time.monotonic() + 0.3)


def test_name_that_is_unknown_is_reported(farm: Any) -> None:
    address = farm.address._replace(host="unknown.invalid")
    with pytest.raises(ConnectFailed, match="no server responds at"):
        HttpConnection(address, key=None, tls=NO_FILES).send_request("GET", "/", timeout_s=5.0)
