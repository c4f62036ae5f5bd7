"""Responses that never end, or are larger than any farm sends."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.unit.client.conftest import Remote
from whisperfarm_client import api, transport
from whisperfarm_client.errors import BadResponse
from whisperfarm_client.retry import Environment, Retrier
from whisperfarm_contract.problems import DeadlineExceeded

BLOCK = b" " * 65536
KINDS = {
    "length": (b"Content-Length: 1073741824", BLOCK),
    "huge length": (b"Content-Length: " + b"9" * 30, BLOCK),
    "no length": (b"Connection: close", BLOCK),
    "chunks": (b"Transfer-Encoding: chunked", b"10000\r\n" + BLOCK + b"\r\n"),
    "huge chunk": (b"Transfer-Encoding: chunked", b"f" * 15 + b"\r\n" + BLOCK),
    "trailer": (b"Transfer-Encoding: chunked", b"0\r\n" + (b"a" * 8192 + b"\r\n") * 8),
}


class Endless:
    """Sends `head` and then `block` until the client ends the connection."""

    def __init__(self, head: bytes, block: bytes, pause_s: float = 0.0) -> None:
        self.head = head
        self.block = block
        self.pause_s = pause_s
        self.sent_bytes = 0

    def __call__(self, handler: Any) -> None:
        handler.read_all()
        handler.close_connection = True
        with suppress(OSError):
            handler.wfile.write(self.head)
            for block in self._blocks():
                handler.wfile.write(block)
                self.sent_bytes += len(block)

    def _blocks(self) -> Iterator[bytes]:
        end = time.monotonic() + 10.0
        while time.monotonic() < end:
            yield self.block
            time.sleep(self.pause_s)


def _head(line: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + line + b"\r\n\r\n"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("request_name", ["submit", "wait", "result"])
def test_response_that_is_too_large_is_rejected(  # noqa: PLR0917
    farm: Any, remote: Remote, wav: Path, sleeper: Any, kind: str, request_name: str
) -> None:
    line, block = KINDS[kind]
    endless = Endless(_head(line), block)
    farm.on(request_name, endless)
    retrier = sleeper.retrier()
    with pytest.raises(BadResponse):
        _request(remote, wav, retrier)
    assert sleeper.pauses == []
    assert endless.sent_bytes < 4 * api.MAX_TRANSCRIPT_BYTES


def _request(remote: Remote, wav: Path, retrier: Retrier) -> None:
    job_id = remote(retrier).submit(wav)["id"]
    remote(retrier).wait(job_id)
    remote(retrier).result(job_id)


@pytest.mark.parametrize(
    ("head", "block"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2000),
        (b"", b"x" * 65536),
    ],
    ids=["headers", "continue", "status line"],
)
def test_endless_headers_are_rejected(
    farm: Any, remote: Remote, sleeper: Any, head: bytes, block: bytes
) -> None:
    farm.on("wait", Endless(head, block))
    with pytest.raises(BadResponse):
        remote(sleeper.retrier()).wait("j1")


def test_largest_transcript_is_read(farm: Any, remote: Remote, sleeper: Any) -> None:
    body = b" " * api.MAX_TRANSCRIPT_BYTES
    for extra in (b"", b" "):
        farm.on("result", lambda handler, extra=extra: handler.answer_bytes(200, body + extra))
    assert remote(sleeper.retrier()).result("j1") == body
    with pytest.raises(BadResponse, match="has more than 64 MiB"):
        remote(sleeper.retrier()).result("j1")


@pytest.mark.parametrize("request_name", ["submit", "wait", "result"])
@pytest.mark.parametrize(
    ("head", "block"),
    [
        (_head(b"Content-Length: 100000"), b" "),
        (_head(b"Transfer-Encoding: chunked"), b"1\r\n \r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"),
        (b"", b"H"),
    ],
    ids=["body", "chunks", "headers", "status line"],
)
def test_dripping_response_ends_at_the_deadline(  # noqa: PLR0917
    farm: Any, remote: Remote, wav: Path, request_name: str, head: bytes, block: bytes
) -> None:
    farm.on(request_name, *[Endless(head, block, pause_s=0.1)] * 5)
    environment = Environment()
    retrier = Retrier(
        deadline=environment.clock() + 0.4, connect_timeout_s=30.0, environment=environment
    )
    with pytest.raises(DeadlineExceeded):
        _request(remote, wav, retrier)


def test_documents_are_smaller_than_transcripts() -> None:
    assert transport.MAX_DOCUMENT_BYTES < api.MAX_TRANSCRIPT_BYTES
