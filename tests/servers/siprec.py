"""SIPREC's API for finished recordings, as `pkg/http/stt_handlers.go` of loreste/siprec answers.

A submitted file is read from the folder of recordings and passed on with a second header, as
SIPREC's provider `whisper` does.
"""

import io
import json
import threading
import wave
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Provider = Callable[[bytes], None]


class SiprecServer(ThreadingHTTPServer):
    """A server on a free port. `refusals` is how many requests fail before one is accepted."""

    def __init__(self, folder: Path, provider: Provider, *, token: str, refusals: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.provider = provider
        self.token = token
        self.refusals = refusals
        self.submitted: list[dict[str, Any]] = []
        self.streams: list[threading.Thread] = []

    def stream(self, path: Path) -> None:
        """Pass the file on, and return at once."""
        wrapped = with_second_header(path.read_bytes())
        thread = threading.Thread(target=self.provider, args=[wrapped])
        thread.start()
        self.streams.append(thread)


def with_second_header(content: bytes, *, rate_hz: int = 16_000) -> bytes:
    """Return a mono WAV file whose samples are the bytes of another file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, rate_hz, 0, "NONE", ""))
        writer.writeframes(content)
    return file.getvalue()


class _Handler(BaseHTTPRequestHandler):
    server: SiprecServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != f"Bearer {self.server.token}":
            self._answer(401, {"error": "unauthorized"})
        elif self.server.refusals:
            self.server.refusals -= 1
            self._answer(503, {"error": "queue is full"})
        elif not {"audio_path", "call_uuid"} <= body.keys():
            self._answer(400, {"error": "audio_path and call_uuid are required"})
        else:
            self._accept(body)

    def _accept(self, body: dict[str, Any]) -> None:
        path = Path(body["audio_path"])
        if not path.is_relative_to(self.server.folder) or not path.is_file():
            self._answer(400, {"error": "audio_path is not a file of the recording folder"})
            return
        self.server.submitted.append(body)
        self.server.stream(path)
        self._answer(202, {"job_id": "stt-1", "status": "queued"})

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass
