"""Signed tokens at a farm that fetches its issuer's keys over the network."""

from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import httpx
import pytest

from tests.integration.dispatcher.farm import HELLO, WAV, DispatcherFarm, started
from tests.servers.http_stub import serve_in_thread
from tests.support.tokens import AUDIENCE, ISSUER, jwks, token


class Issuer(BaseHTTPRequestHandler):
    """The address of a JWKS; another path leads there by a redirect."""

    paths: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.paths.append(self.path)
        moved = self.path == "/moved"
        self.send_response(302 if moved else 200)
        self.send_header("Location", "/keys")
        self.end_headers()
        self.wfile.write(b"" if moved else jwks())

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with serve_in_thread(HTTPServer(("127.0.0.1", 0), Issuer)) as url:
        yield url


def tokens_from(address: str) -> dict[str, str]:
    return {
        "token_issuer": ISSUER,
        "token_audience": AUDIENCE,
        "token_jwks_url": address,
        "allowed_networks": "127.0.0.0/8",
    }


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory, issuer: str) -> Iterator[DispatcherFarm]:
    folder = tmp_path_factory.mktemp("tokens")
    accepted = tokens_from(f"{issuer}/keys")
    with started(folder, **accepted, api_keys="south:a-key", custody=True) as running:
        yield running


def ask(farm: DispatcherFarm, text: str, path: str = "/v1/jobs") -> httpx.Response:
    return farm.http.get(f"{farm.url}{path}", headers={"Authorization": f"Bearer {text}"})


def test_token_submits_for_its_tenant(farm: DispatcherFarm, audio: bytes) -> None:
    headers = {**WAV, "Authorization": f"Bearer {token()}"}
    made = farm.http.post(f"{farm.url}/v1/jobs", content=audio, headers=headers)
    assert made.status_code == 202, made.text
    assert ask(farm, token(), f"/v1/jobs/{made.json()['id']}").status_code == 200
    assert ask(farm, token(tenant="south"), f"/v1/jobs/{made.json()['id']}").status_code == 404
    assert ask(farm, "a-key").status_code == 200


def test_revisions_and_custody_name_the_subject_of_a_token(
    farm: DispatcherFarm, audio: bytes
) -> None:
    admin = token(role="admin")
    headers = {"Authorization": f"Bearer {admin}"}
    made = farm.http.post(f"{farm.url}/v1/jobs", content=audio, headers={**WAV, **headers})
    job_id = made.json()["id"]
    farm.succeed(farm.claim(job_id), HELLO)
    url, remark = f"{farm.url}/v1/jobs/{job_id}/revisions", {"parent": 1, "note": "checked"}
    [usage] = [one for one in ask(farm, admin, "/v1/usage").json()["usage"] if one["key"]]
    author = farm.http.post(url, json=remark, headers=headers).json()["author"]
    assert author == usage["key"]
    assert author.startswith("token-")
    document = ask(farm, admin, f"/v1/jobs/{job_id}/custody").json()
    named = [one["field"] for one in document["personal"] if one["value"] == author]
    assert named == ["subject", "author"]
    assert author not in str(document["entries"])
    stored = ask(farm, admin, f"/v1/jobs/{job_id}/result?revision=2").content
    assert document["entries"][-1]["body"]["result_sha256"] == sha256(stored).hexdigest()


def test_invalid_tokens_are_refused_with_the_reason(farm: DispatcherFarm) -> None:
    expired = ask(farm, token(exp=1))
    assert (expired.status_code, expired.json()["name"]) == (401, "invalid-token")
    assert "get a new one" in expired.json()["detail"]
    assert expired.headers["www-authenticate"] == "Bearer"
    assert ask(farm, token(number=2)).status_code == 401
    denied = ask(farm, token(role="submitter")).json()
    assert denied["name"] == "permission-denied"
    assert denied["detail"].startswith("the token does not have")


def test_invented_keys_do_not_reach_the_issuer(farm: DispatcherFarm) -> None:
    ask(farm, token())
    before = len(Issuer.paths)
    for number in range(20):
        assert ask(farm, token(kid=f"invented-{number}")).status_code == 401
    assert len(Issuer.paths) <= before + 1


def test_redirect_is_not_followed(tmp_path_factory: pytest.TempPathFactory, issuer: str) -> None:
    folder = tmp_path_factory.mktemp("moved")
    with started(folder, **tokens_from(f"{issuer}/moved")) as farm:
        answer = ask(farm, token())
    assert (answer.status_code, answer.json()["name"]) == (503, "farm-unavailable")
    assert Issuer.paths[-1] == "/moved"
