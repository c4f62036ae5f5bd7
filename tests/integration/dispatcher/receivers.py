"""Receivers of callbacks: some accept, fail or hang, some redirect the sender."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.integration.dispatcher.farm import DEADLINE_S
from tests.servers.http_stub import serve_in_thread


@dataclass(frozen=True)
class Request:
    """A received request."""

    path: str
    headers: Mapping[str, str]
    body: bytes


Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    """A server whose behaviour can be changed while it runs."""

    behave: Behaviour
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, request: Request) -> None:
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()

    def await_requests(self, count: int) -> list[Request]:
        """Return all requests, once there are `count`."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.requests) >= count, 3 * DEADLINE_S)
            return list(self.requests)


def answers(status: int, **headers: str) -> Behaviour:
    """Return a behaviour that answers with this status, headers and body."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return behave


def closes_early(request: BaseHTTPRequestHandler) -> None:
    """Close the connection without a response."""
    request.close_connection = True
    request.connection.close()


def sends_without_end(request: BaseHTTPRequestHandler) -> None:
    """Send a body that never ends."""
    request.send_response(200)
    request.end_headers()
    try:
        while True:
            request.wfile.write(bytes(1 << 16))
    except OSError:
        request.close_connection = True


def drips(end: threading.Event) -> Behaviour:
    """Send a header letter by letter until the client closes the connection."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        try:
            request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not end.wait(0.05):
                request.wfile.write(b"a")
        except OSError:
            pass
        request.close_connection = True

    return behave


def hangs(end: threading.Event) -> Behaviour:
    """Send nothing until `end` is set."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        end.wait(60)
        request.close_connection = True

    return behave


@contextmanager
def receiver(behave: Behaviour) -> Iterator[Receiver]:
    """Run a receiver on loopback."""
    received = Receiver(behave)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.take(Request(self.path, dict(self.headers.items()), body))
            received.behave(self)

        def do_GET(self) -> None:
            received.take(Request(self.path, dict(self.headers.items()), b""))
            received.behave(self)

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass

    with serve_in_thread(Quiet(("127.0.0.1", 0), Handler)) as received.url:
        yield received


def serving(audio: bytes) -> Any:
    """Return a behaviour that answers with the audio."""

    def behave(request: Any) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(audio)))
        request.end_headers()
        request.wfile.write(audio)

    return behave
