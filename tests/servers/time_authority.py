"""A time authority (RFC 3161) of OpenSSL behind an HTTP server."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.servers.http_stub import serve_in_thread

_CONFIG = """\
[req]
distinguished_name = name
x509_extensions = stamping
[name]
[stamping]
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
signer_cert = {folder}/authority.pem
signer_key = {folder}/authority.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
"""


@dataclass
class Authority:
    """A running time authority. `answer` replaces its next answers unless it is `None`."""

    folder: Path
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    answer: tuple[int, bytes] | None = None

    @property
    def certificate(self) -> Path:
        return self.folder / "authority.pem"

    def verify(self, document: Path, response: Path) -> str:
        """Return what `openssl ts -verify` prints."""
        line = ["-data", str(document), "-in", str(response), "-CAfile", str(self.certificate)]
        command = ["openssl", "ts", "-verify", *line]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        return ended.stdout + ended.stderr


@contextmanager
def time_authority(folder: Path) -> Iterator[Authority]:
    """Run a time authority until the block ends."""
    _make_certificate(folder)
    authority = Authority(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            authority.asked.append(query)
            status, content = authority.answer or (200, _reply(folder, query))
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with serve_in_thread(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as authority.url:
        yield authority


def _make_certificate(folder: Path) -> None:
    config = folder / "openssl.cnf"
    config.write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    subject = ["-subj", "/CN=time authority of the tests", "-days", "2", "-nodes"]
    files = ["-keyout", str(folder / "authority.key"), "-out", str(folder / "authority.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-config", str(config)]
    subprocess.run([*command, *subject, *files], check=True, capture_output=True)


def _reply(folder: Path, query: bytes) -> bytes:
    question = folder / "query.tsq"
    question.write_bytes(query)
    config = str(folder / "openssl.cnf")
    command = ["openssl", "ts", "-reply", "-queryfile", str(question), "-config", config]
    return subprocess.run(
        [*command, "-section", "authority"], check=True, capture_output=True
    ).stdout
