"""A scripted farm: a real HTTP server on loopback that behaves as a test sets it."""

import json
import queue
import signal
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest

from whisperfarm_client.address import Address
from whisperfarm_client.api import FarmApi
from whisperfarm_client.retried_requests import RetriedRequests
from whisperfarm_client.retry import Environment, Retrier
from whisperfarm_client.tls import TlsFiles
from whisperfarm_client.transport import HttpConnection
from whisperfarm_contract import examples, job_wire

Remote = Callable[[Retrier], FarmApi]
"""Returns the farm, whose calls share the retrier."""

TIMEOUT_S = 10.0

MAX_PAUSES = 50
"""After this many pauses, a client that never gives up fails its test."""

Behavior = Callable[[Any], None]
"""A behaviour of the double for one request; it gets the request's handler."""

TRANSCRIPT = replace(examples.TRANSCRIPT, segments=examples.TRANSCRIPT.segments[:1], warnings=())


class ReceivedRequest(NamedTuple):
    """A complete request that the double received."""

    kind: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(TIMEOUT_S)
        self.server.double.connections.append(self.connection)

    def do_POST(self) -> None:
        self.server.double.act("submit", self)

    def do_GET(self) -> None:
        self.server.double.act("result" if "/result" in self.path else "wait", self)

    def do_DELETE(self) -> None:
        self.server.double.act("cancel", self)

    def log_message(self, *args: Any) -> None:
        """Print nothing."""

    def read_all(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(
        self, status: int, document: Any, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        self.answer_bytes(status, json.dumps(document).encode(), headers, **more)

    def answer_bytes(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        kind: str = "application/json",
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def reset(self) -> None:
        """Reset the connection."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.shutdown(socket.SHUT_RD)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    double: "FarmDouble"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore errors: in some tests the client disconnects."""


class FarmDouble:
    """Answers as a farm with one job does, or with the behaviours in its script."""

    def __init__(self) -> None:
        self.seen: list[ReceivedRequest] = []
        self.connections: list[socket.socket] = []
        self.transcript: dict[str, Any] = TRANSCRIPT.to_wire()
        self.cancelled = threading.Event()
        self.waited_for = threading.Event()
        self._script: dict[str, queue.SimpleQueue[Behavior]] = {}
        self._server: _Server | None = None
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> Address:
        return Address("http", "127.0.0.1", self.port, "")

    def open(self) -> None:
        """Listen, on the same port as before if it was open already."""
        self._server = _Server(("127.0.0.1", self.port), Handler)
        self._server.double = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Close all connections and the port: new connections are refused."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        for connection in self.connections:
            with suppress(OSError):  # most have ended already
                connection.shutdown(socket.SHUT_RDWR)
        self.connections.clear()

    def speak_tls(self, context: ssl.SSLContext) -> None:
        """Use TLS for new connections."""
        assert self._server is not None
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def on(self, kind: str, *acts: Behavior) -> None:
        """Answer the next requests of that kind with these behaviours, and later ones as usual."""
        waiting = self._script.setdefault(kind, queue.SimpleQueue())
        for act in acts:
            waiting.put(act)

    def requests(self, kind: str) -> list[ReceivedRequest]:
        return [one for one in self.seen if one.kind == kind]

    def act(self, kind: str, handler: Handler) -> None:
        try:
            act = self._script[kind].get_nowait()
        except (KeyError, queue.Empty):
            act = getattr(self, kind)
        act(handler)

    def note(self, kind: str, handler: Handler) -> ReceivedRequest:
        parts = urlsplit(handler.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        seen = ReceivedRequest(kind, parts.path, query, headers, handler.read_all())
        self.seen.append(seen)
        return seen

    def submit(self, handler: Handler) -> None:
        self.note("submit", handler)
        handler.answer(202, job("queued"), {"Location": "/v1/jobs/j1"})

    def wait(self, handler: Handler) -> None:
        self.note("wait", handler)
        handler.answer(200, job("succeeded"))

    def result(self, handler: Handler) -> None:
        self.note("result", handler)
        handler.answer(200, self.transcript)

    def cancel(self, handler: Handler) -> None:
        self.note("cancel", handler)
        self.cancelled.set()
        handler.answer(202, job("running", cancel_requested=True))

    def never_end(self, handler: Handler) -> None:
        """Hold the request until the caller's wait is over: the job is still running."""
        seen = self.note("wait", handler)
        self.waited_for.set()
        self.cancelled.wait(min(TIMEOUT_S, float(seen.query["wait"])))
        handler.answer(200, job("running"))


def job(state: str, **more: Any) -> dict[str, Any]:
    return {**job_wire.to_wire(examples.JOB), "id": "j1", "state": state, **more}


@pytest.fixture
def farm() -> Iterator[FarmDouble]:
    double = FarmDouble()
    yield double
    double.close()


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    """Return a file that is sent in several blocks; its content is not decoded."""
    path = tmp_path / "call.wav"
    path.write_bytes(b"RIFF" + bytes(range(256)) * 4096)
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture(autouse=True)
def restore_signals() -> Iterator[None]:
    """Restore the signal handlers that the command replaces."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class Sleeper:
    """Replaces pauses: does not wait, and lets the test act in each of them."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.now = 0.0

    def sleep(self, pause_s: float) -> None:
        self.pauses.append(pause_s)
        self.now += pause_s
        assert len(self.pauses) < MAX_PAUSES
        self.meanwhile()

    def retrier(
        self, *, deadline: float | None = 600.0, connect_timeout_s: float = 30.0
    ) -> Retrier:
        return Retrier(
            deadline=deadline, connect_timeout_s=connect_timeout_s, environment=self.environment()
        )

    def environment(self) -> Environment:
        return Environment(clock=lambda: self.now, sleep=self.sleep, random_fraction=lambda: 1.0)


@pytest.fixture
def sleeper() -> Sleeper:
    return Sleeper()


@pytest.fixture
def remote(farm: Any) -> Iterator[Remote]:
    connection = HttpConnection(farm.address, key="k1", tls=TlsFiles())
    requests = RetriedRequests(connection)
    yield lambda retrier: FarmApi(requests, lambda _: retrier, timeout_s=0.0)
    connection.close()
