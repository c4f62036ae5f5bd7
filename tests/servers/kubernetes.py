"""A stand-in for the API server of Kubernetes with one pod, and that pod's service account."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.servers.certificate import Certificate
from tests.servers.http_stub import serve_in_thread

WITHIN_S = 60.0
POD = "farm-worker-0"
NAMESPACE = "speech"
TOKEN = "token-of-a-service-account"

_ANNOTATION = "controller.kubernetes.io/pod-deletion-cost"


@dataclass
class Cluster:
    """Sets a pod's deletion cost as Kubernetes does, if the request has the current token.

    `service_account` is the pod's folder; with `refuses_with`, the server responds with this
    status.
    """

    service_account: Path
    port: int = 0
    refuses_with: int | None = None
    costs: list[str] = field(default_factory=list)
    asked: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)
    free: threading.Event = field(default_factory=threading.Event)

    @property
    def environ(self) -> dict[str, str]:
        """The environment variables of the pod."""
        return {
            "KUBERNETES_SERVICE_HOST": "127.0.0.1",
            "KUBERNETES_SERVICE_PORT_HTTPS": str(self.port),
            "POD_NAME": POD,
        }

    def renew(self, token: str) -> None:
        """Change the token, as a cluster does about every hour."""
        (self.service_account / "token").write_text(token)

    def until(self, seen: Callable[[], Any]) -> None:
        """Wait until `seen` returns true. Fails at a deadline."""
        with self.changed:
            assert self.changed.wait_for(seen, WITHIN_S), f"{self.costs}, asked {self.asked} times"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Do not respond to requests inside of the block."""
        self.free.clear()
        try:
            yield
        finally:
            self.free.set()

    def answer(self, path: str, headers: Any, body: bytes) -> int:
        """Handle a request. Returns the status; if it is 200, the pod was changed."""
        token = (self.service_account / "token").read_text()
        if headers["Authorization"] != f"Bearer {token}":
            return 401
        if self.refuses_with is not None:
            return self.refuses_with
        if path != f"/api/v1/namespaces/{NAMESPACE}/pods/{POD}":
            return 404
        if headers["Content-Type"] != "application/merge-patch+json":
            return 415
        patch = json.loads(body)
        self.costs.append(patch["metadata"]["annotations"].pop(_ANNOTATION))
        assert patch == {"metadata": {"annotations": {}}}, "no more than that may be changed"
        return 200


@contextmanager
def cluster_at(folder: Path, certificate: Certificate) -> Iterator[Cluster]:
    """Run an API server on loopback."""
    (folder / "ca.crt").write_bytes(certificate.file.read_bytes())
    (folder / "namespace").write_text(NAMESPACE)
    own = Cluster(folder)
    own.renew(TOKEN)
    own.free.set()

    class Handler(BaseHTTPRequestHandler):
        def do_PATCH(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with own.changed:
                own.asked += 1
                own.changed.notify_all()
            own.free.wait(WITHIN_S)
            with own.changed:
                status = own.answer(self.path, self.headers, body)
                own.changed.notify_all()
            try:
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")
            except OSError:
                pass  # the client did not wait for the response

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    own.port = server.server_port
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    # The handler does the TLS handshake, so that a client that stalls does not block others.
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    with serve_in_thread(server):
        try:
            yield own
        finally:
            own.free.set()
