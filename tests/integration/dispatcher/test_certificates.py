"""Client certificates at a farm that listens with TLS, and behind proxies."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from cryptography import x509
from structlog.testing import capture_logs

from tests.integration.dispatcher.farm import DEADLINE_S, WAV, DispatcherFarm, started
from tests.support.authority import HOUR, LOOPBACK, Authority
from whisperfarm_client import Farm
from whisperfarm_contract.problems import InvalidCertificate

CALLERS = """
certificates:
  DNS:Recorder-1.example.org: {tenant: north, role: caller}
  URI:spiffe://example.org/second: {tenant: south, role: admin}
  email:both@example.org: {tenant: north, role: admin}
  subject:CN=device: {tenant: north, role: submitter}
"""


@dataclass(frozen=True)
class Site:
    """A farm and the authority of its certificates."""

    farm: DispatcherFarm
    authority: Authority

    def get(self, path: str, certificate: Path | None, **headers: str) -> httpx.Response:
        with httpx.Client(timeout=DEADLINE_S, verify=self.authority.client(certificate)) as http:
            return http.get(f"{self.farm.url}{path}", headers=headers)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("certificates")
    authority = Authority(folder)
    (folder / "callers.yaml").write_text(CALLERS)
    with started(
        folder,
        tls=authority.client(),
        tls_cert_file=authority.issue("server", [LOOPBACK]),
        tls_client_ca_file=authority.file,
        certificates_file=folder / "callers.yaml",
        api_keys="south:a-key",
    ) as running:
        yield Site(running, authority)


@pytest.fixture(scope="module")
def recorder(site: Site) -> Path:
    return site.authority.issue("recorder", [x509.DNSName("recorder-1.example.org")])


def test_certificate_submits_for_its_tenant(site: Site, recorder: Path, audio: bytes) -> None:
    with httpx.Client(timeout=DEADLINE_S, verify=site.authority.client(recorder)) as http:
        made = http.post(f"{site.farm.url}/v1/jobs", content=audio, headers=WAV)
    assert made.status_code == 202, made.text
    path = f"/v1/jobs/{made.json()['id']}"
    second = site.authority.issue(
        "second", [x509.UniformResourceIdentifier("spiffe://example.org/second")]
    )
    assert site.get(path, recorder).status_code == 200
    assert site.get(path, second).status_code == 404
    assert site.get("/v1/audit", recorder).status_code == 403
    assert site.get("/v1/audit", second).status_code == 200


def test_subject_is_a_name_of_a_certificate(site: Site) -> None:
    device = site.authority.issue("device")
    assert "the role submitter" in site.get("/v1/audit", device).json()["detail"]


def test_key_is_used_instead_of_the_certificate(site: Site, recorder: Path) -> None:
    assert site.get("/v1/jobs", recorder, authorization="Bearer wrong").status_code == 401
    assert site.get("/v1/jobs", None, authorization="Bearer a-key").status_code == 200
    assert site.get("/v1/jobs", None).json()["name"] == "missing-api-key"


def test_unlisted_or_ambiguous_certificate_is_refused_and_logged(site: Site) -> None:
    names = [x509.DNSName("recorder-1.example.org"), x509.RFC822Name("both@example.org")]
    for certificate in (site.authority.issue("unlisted"), site.authority.issue("both", names)):
        with capture_logs() as logs:
            refused = site.get("/v1/jobs", certificate)
        assert (refused.status_code, refused.json()["name"]) == (401, "invalid-certificate")
        [event] = [one for one in logs if one["event"] == "access.refused"]
        assert event["reason"] == "certificate"
        assert "example.org" not in str(logs)


def test_certificate_that_is_not_valid_makes_no_connection(site: Site, tmp_path: Path) -> None:
    other = Authority(tmp_path, name="other").issue("device")
    expired = site.authority.issue("late", [x509.DNSName("recorder-1.example.org")], expires=-HOUR)
    for certificate, reason in ((other, "authority"), (expired, "expired")):
        with capture_logs() as logs, pytest.raises(httpx.TransportError):
            site.get("/healthz", certificate)
        assert refusals(logs) == [(reason, "127.0.0.1")]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [(b"GET /healthz HTTP/1.1\r\n\r\n", "plain_http"), (b"\0" * 64, "protocol")],
)
def test_bytes_that_are_not_tls_are_refused_and_logged(
    site: Site, sent: bytes, reason: str
) -> None:
    url = httpx.URL(site.farm.url)
    with (
        capture_logs() as logs,
        socket.create_connection((url.host, url.port), DEADLINE_S) as connection,
        contextlib.suppress(ConnectionResetError),
    ):
        connection.sendall(sent)
        while connection.recv(1024):
            pass
    assert refusals(logs) == [(reason, "127.0.0.1")]


def test_page_of_another_site_cannot_use_the_certificate(site: Site, recorder: Path) -> None:
    with httpx.Client(verify=site.authority.client(recorder)) as http:
        headers = {**WAV, "Sec-Fetch-Site": "cross-site"}
        refused = http.post(f"{site.farm.url}/v1/jobs", content=b"", headers=headers)
    assert refused.status_code == 403


def test_header_from_an_unnamed_proxy_is_refused(site: Site, recorder: Path) -> None:
    headers = passed_on(recorder)
    with capture_logs() as logs:
        refused = site.get("/v1/jobs", None, **headers)
    assert (refused.status_code, refused.json()["name"]) == (401, "invalid-certificate")
    assert "proxy" in {one.get("reason") for one in logs}


def test_certificates_can_be_required(site: Site, recorder: Path, tmp_path: Path) -> None:
    with started(
        tmp_path,
        tls=site.authority.client(recorder),
        tls_cert_file=site.farm.deps.settings.tls_cert_file,
        tls_client_ca_file=site.authority.file,
        tls_client_required=True,
        certificates_file=site.farm.deps.settings.certificates_file,
    ) as strict:
        assert strict.http.get(f"{strict.url}/v1/jobs").status_code == 200
        with (
            capture_logs() as logs,
            httpx.Client(verify=site.authority.client()) as http,
            pytest.raises(httpx.TransportError),
        ):
            http.get(f"{strict.url}/healthz")
        assert refusals(logs) == [("no_certificate", "127.0.0.1")]


def test_named_proxy_passes_a_verified_certificate_on(site: Site, tmp_path: Path) -> None:
    listed = site.authority.issue("proxied", [x509.DNSName("recorder-1.example.org")])
    late = site.authority.issue("late", [x509.DNSName("recorder-1.example.org")], expires=-HOUR)
    callers = site.farm.deps.settings.certificates_file
    with started(tmp_path, certificates_file=callers, certificate_proxies="127.0.0.0/8") as behind:

        def ask(headers: dict[str, str]) -> tuple[int, str]:
            answer = behind.http.get(f"{behind.url}/v1/jobs", headers=headers)
            return answer.status_code, answer.json().get("name", "")

        assert ask(passed_on(listed)) == (200, "")
        assert ask({}) == (401, "missing-api-key")
        assert ask(passed_on(late)) == (401, "invalid-certificate")
        for verified in ("FAILED:expired", "NONE", ""):
            changed = {**passed_on(listed), "ssl-client-verify": verified}
            assert ask(changed) == (401, "invalid-certificate")
        assert ask({**passed_on(listed), "ssl-client-cert": "x"}) == (401, "invalid-certificate")


def test_client_uses_a_renewed_certificate_for_a_new_connection(
    site: Site, recorder: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.pem"
    own.write_bytes(site.authority.issue("unlisted").read_bytes())
    authorities = str(site.authority.file)
    with Farm(site.farm.url, ca_file=authorities, client_cert=str(own), environ={}) as farm:
        for content in (None, "being written"):
            if content is not None:
                own.write_text(content)
                farm.close()
            with pytest.raises(InvalidCertificate, match="no name of the client certificate"):
                farm.presets()
        own.write_bytes(recorder.read_bytes())
        farm.close()
        assert farm.presets()


def refusals(logs: list[Any]) -> list[tuple[str, str]]:
    """Return reason and address of each handshake that failed."""
    return [
        (one["reason"], one["address"]) for one in logs if one["event"] == "tls.handshake_refused"
    ]


def passed_on(certificate: Path) -> dict[str, str]:
    """Return the headers of ingress-nginx."""
    pem = certificate.read_text().partition("-----BEGIN PRIVATE KEY-----")[0]
    return {"ssl-client-cert": quote(pem), "ssl-client-verify": "SUCCESS"}
