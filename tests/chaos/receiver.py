"""Who is told of the ends of jobs: an address that remembers what it was told, outside the farm."""

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
"""What the farms of this process sign with."""


@dataclass(slots=True)
class Received:
    """What came: for each job the ids and the states that it was told under, and when."""

    url: str = ""
    ids: dict[str, set[str]] = field(default_factory=dict)
    states: dict[str, set[str]] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)
    count: int = 0
    bad: list[str] = field(default_factory=list)
    """Deliveries that were not signed, or said nothing that can be read."""
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def note(self, job: str, told_as: str, state: str) -> None:
        """Somebody was told of the end of that job, under that id."""
        with self._guard:
            self.count += 1
            self.ids.setdefault(job, set()).add(told_as)
            self.times.setdefault(job, []).append(time.time())
            self.states.setdefault(job, set()).add(state)


@contextmanager
def receiver() -> Iterator[Received]:
    """A receiver that listens until the block ends."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # whoever sent it was killed: nothing was told
                self.close_connection = True
                return
            _read(received, dict(self.headers.items()), body)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with serve_in_thread(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        received.url = f"{url}/ends"
        yield received


def _read(received: Received, headers: dict[str, str], body: bytes) -> None:
    try:
        Webhook(SECRET).verify(body, headers)
        job = json.loads(body)["data"]
        received.note(job["id"], headers["webhook-id"], job["state"])
    except (WebhookVerificationError, ValueError, KeyError) as error:
        received.bad.append(f"a callback that is none: {error}")
