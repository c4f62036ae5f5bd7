"""The code is exchanged with the PKCE verifier and the client's secret, at allowed addresses."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs

import pytest

from tests.servers.http_stub import serve_in_thread
from whisperfarm_contract.problems import FarmUnavailable, InvalidToken
from whisperfarm_dispatcher.api.oidc.attempt import Attempt
from whisperfarm_dispatcher.api.oidc.code import CodeFlow
from whisperfarm_dispatcher.api.oidc.provider import Provider

ATTEMPT = Attempt("a-secret", "page/jobs")
ELSEWHERE = "http://127.0.0.2:9/token"


class Stub(BaseHTTPRequestHandler):
    """A provider that answers `answer` for a code."""

    names: ClassVar[dict[str, str]] = {}
    answer: ClassVar[bytes] = b""
    received: ClassVar[list[tuple[str | None, str]]] = []

    def do_GET(self) -> None:
        issuer = f"http://{self.headers['Host']}"
        ends = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        document = {"issuer": issuer, **{name: f"{issuer}/{name}" for name in ends}}
        self._send(json.dumps(document | self.names).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.received.append((self.headers["Authorization"], body))
        self._send(self.answer)

    def _send(self, content: bytes) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def flow(tmp_path: Path) -> Iterator[CodeFlow]:
    Stub.names, Stub.answer = {}, b'{"id_token": "a.b.c"}'
    Stub.received.clear()
    (tmp_path / "secret").write_text("s:cret\n")
    with serve_in_thread(HTTPServer(("127.0.0.1", 0), Stub)) as url:
        yield CodeFlow(
            provider=Provider(url, ()),
            client_id="farm",
            secret_file=tmp_path / "secret",
            redirect_url="https://farm.example.org/page/session/callback",
            scopes="openid",
        )


def test_code_is_sent_with_the_verifier_and_the_secret(flow: CodeFlow) -> None:
    assert flow.id_token("the code", ATTEMPT) == "a.b.c"
    [(authorization, body)] = Stub.received
    assert authorization == "Basic ZmFybTpzJTNBY3JldA=="  # farm:s%3Acret
    form = parse_qs(body)
    assert form["code_verifier"] == [ATTEMPT.verifier]
    assert form["code"] == ["the code"]


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"id_token": 1}', b"[" * 100_000])
def test_other_answers_are_refused(flow: CodeFlow, answer: bytes) -> None:
    Stub.answer = answer
    with pytest.raises(InvalidToken, match="did not confirm"):
        flow.id_token("code", ATTEMPT)


@pytest.mark.parametrize(
    "names", [{"issuer": "https://evil.example"}, {"token_endpoint": "file:///x"}]
)
def test_document_that_is_not_the_issuers_is_refused(flow: CodeFlow, names: dict[str, str]) -> None:
    Stub.names = names
    with pytest.raises(FarmUnavailable):
        flow.authorization_url(ATTEMPT)


def test_private_address_beside_the_issuer_is_not_reached(flow: CodeFlow) -> None:
    Stub.names = {"token_endpoint": ELSEWHERE}
    with pytest.raises(FarmUnavailable):
        flow.id_token("code", ATTEMPT)


def test_missing_secret_is_not_sent_as_none(flow: CodeFlow) -> None:
    assert flow.secret_file is not None
    flow.secret_file.unlink()
    with pytest.raises(FarmUnavailable):
        flow.id_token("code", ATTEMPT)
    assert Stub.received == []
