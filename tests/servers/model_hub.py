"""A stand-in for a hub: the part of Hugging Face's HTTP API that a pull uses."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from tests.servers.http_stub import serve_in_thread

COMMIT = "a" * 40


@dataclass
class HubStub:
    """Repositories by name with their files. Further fields set faults by path."""

    repositories: dict[str, dict[str, bytes]]
    loose: dict[str, bytes] = field(default_factory=dict)
    served: dict[str, bytes] = field(default_factory=dict)
    """Content that differs from the listing, by path: a flipped byte, a truncated file."""
    break_after: dict[str, int] = field(default_factory=dict)
    """After how many bytes of a path the connection breaks, the first time."""
    busy: int = 0
    """The number of requests that get a 503 first."""
    token: str | None = None
    slow_chunk_bytes: int | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """The requested paths with their `Range`."""
    url: str = ""

    def tree(self, repository: str) -> list[dict[str, object]]:
        """Return the listing: large files with SHA-256, small ones with git's digest."""
        return [_entry(path, data) for path, data in self.repositories[repository].items()]


def _entry(path: str, data: bytes) -> dict[str, object]:
    git = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    entry: dict[str, object] = {"type": "file", "path": path, "size": len(data), "oid": git}
    if path.endswith(".bin"):
        entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return entry


@contextmanager
def serving(hub: HubStub) -> Iterator[HubStub]:
    """Run the stand-in on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.asked.append((path, self.headers.get("Range")))
            if hub.busy > 0:
                hub.busy -= 1
                self._send(503, b"", **{"Retry-After": "0"})
            elif hub.token and self.headers.get("Authorization") != f"Bearer {hub.token}":
                self._send(401, b"")
            else:
                self._answer(path)

        def _answer(self, path: str) -> None:
            for repository, files in hub.repositories.items():
                if path.startswith(f"/api/models/{repository}/revision/"):
                    return self._send(200, json.dumps({"sha": COMMIT}).encode())
                if path.startswith(f"/api/models/{repository}/tree/"):
                    return self._send(200, json.dumps(hub.tree(repository)).encode())
                root = f"/{repository}/resolve/{COMMIT}/"
                if path.startswith(root) and path.removeprefix(root) in files:
                    name = path.removeprefix(root)
                    return self._file(path, hub.served.get(name, files[name]))
            if path in hub.loose:
                return self._file(path, hub.loose[path])
            return self._send(404, b"")

        def _file(self, path: str, data: bytes) -> None:
            start = int((self.headers.get("Range") or "bytes=0-")[6:].rstrip("-"))
            if start >= len(data) and start:
                return self._send(416, b"")
            received = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
            most = hub.break_after.pop(path.rpartition("/")[2], None)
            return self._send(206 if start else 200, data[start:], most=most, **received)

        def _send(
            self, status: int, body: bytes, *, most: int | None = None, **received: str
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            for name, value in received.items():
                self.send_header(name, value)
            self.end_headers()
            step = hub.slow_chunk_bytes or len(body) or 1
            for at in range(0, len(body[:most]), step):
                self.wfile.write(body[:most][at : at + step])
                self.wfile.flush()
            if most is not None:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Print nothing; tests read `asked`."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True  # the client was killed

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Ignore errors: tests kill clients."""

    with serve_in_thread(Server(("127.0.0.1", 0), Handler)) as hub.url:
        yield hub
