"""HTTP server for a process's metrics and health checks.

It has a port of its own, because the labels of metrics name tenants.
"""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from types import MappingProxyType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import make_wsgi_app

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store import events
from whisperfarm_store.metrics.registry import Metrics
from whisperfarm_store.settings import StoreSettings

Checks = Mapping[str, Callable[[], str | None]]
"""Checks by path. A check returns `None` for status 200, or the reason for status 503."""

_IDLE_TIMEOUT_S = 10.0
"""The server closes a connection after this many seconds without data."""


@contextmanager
def serve_metrics(
    settings: StoreSettings, metrics: Metrics, *, checks: Checks = MappingProxyType({})
) -> Iterator[None]:
    """Serve `/metrics` and the checks while the block runs, if the settings have a port.

    Raises `InvalidSettings` if the server cannot listen on it.
    """
    if not settings.metrics_port:
        yield
        return
    with _bind(settings.metrics_host, settings.metrics_port) as server:
        server.set_app(_app(metrics, checks))
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
        events.metrics.listening.log(host=settings.metrics_host, port=settings.metrics_port)
        try:
            yield
        finally:
            server.shutdown()


def _app(metrics: Metrics, checks: Checks) -> Callable[..., Iterable[bytes]]:
    metrics_app = make_wsgi_app(metrics.registry)

    def respond(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return metrics_app(environ, start)  # type: ignore[no-any-return]
        check = checks.get(path)
        if check is None:
            return _respond(start, "404 Not Found", "not found; use /metrics")
        reason = check()
        return (
            _respond(start, "200 OK", "ok")
            if reason is None
            else _respond(start, _UNAVAILABLE, reason)
        )

    return respond


_UNAVAILABLE = "503 Service Unavailable"


def _respond(start: Callable[..., Any], status: str, text: str) -> Iterable[bytes]:
    body = f"{text}\n".encode()
    start(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


class _Handler(WSGIRequestHandler):
    timeout = _IDLE_TIMEOUT_S
    disable_nagle_algorithm = True  # headers and body are two writes

    def log_message(self, *_: Any) -> None:
        """Log nothing: probes come every few seconds."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        # The library's method looks up the host's name, which may take seconds.
        host, port = self.server_address[:2]
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = str(host), int(port)
        self.setup_environ()

    def handle_error(self, *_: Any) -> None:
        """Log nothing: the client closed the connection, and will scrape again."""


class _Server6(_Server):
    address_family = socket.AF_INET6


def _bind(host: str, port: int) -> _Server:
    server_class = _Server6 if ":" in host else _Server
    try:
        return server_class((host, port), _Handler)
    except OSError as error:
        raise InvalidSettings(
            f"WHISPERFARM_METRICS_HOST, WHISPERFARM_METRICS_PORT: cannot listen on {host}:{port}"
            f" ({error.strerror}); set them to an address of this machine and an unused port"
        ) from error
