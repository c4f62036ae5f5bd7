"""An HTTP server that receives callbacks and records them outside of the farm."""

import base64
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

from tests.servers.http_stub import serve_in_thread

SECRET = "whsec_" + base64.b64encode(os.urandom(24)).decode()
"""The key with which the farms of this process sign callbacks."""


@dataclass(slots=True)
class ReceivedCallbacks:
    """The callbacks received for each job: event ids, states and times, over HTTP and AMQP."""

    url: str = ""
    event_ids: dict[str, set[str]] = field(default_factory=dict)
    states: dict[str, set[str]] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)
    count: int = 0
    invalid: list[str] = field(default_factory=list)
    """One line for each delivery without a valid signature or body."""
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def record(self, job: str, event_id: str, state: str) -> None:
        """Record that this event reported the end of the job."""
        with self._guard:
            self.count += 1
            self.event_ids.setdefault(job, set()).add(event_id)
            self.times.setdefault(job, []).append(time.time())
            self.states.setdefault(job, set()).add(state)


@contextmanager
def receiver() -> Iterator[ReceivedCallbacks]:
    """Run a receiver until the block ends."""
    received = ReceivedCallbacks()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the sender was killed: not a delivery
                self.close_connection = True
                return
            _read(received, dict(self.headers.items()), body)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with serve_in_thread(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        received.url = f"{url}/ends"
        yield received


def _read(received: ReceivedCallbacks, headers: dict[str, str], body: bytes) -> None:
    try:
        Webhook(SECRET).verify(body, headers)
        job = json.loads(body)["data"]
        received.record(job["id"], headers["webhook-id"], job["state"])
    except (WebhookVerificationError, ValueError, KeyError) as error:
        received.invalid.append(f"invalid callback: {error}")
