"""Settings of certificates that contradict each other are refused at the start."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.authority import LOOPBACK, Authority
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.settings import DispatcherSettings

PROXIES = {"certificate_proxies": "10.0.0.0/8"}


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"tls_key_file": "server.pem"}, "TLS_CERT_FILE"),
        ({"tls_cert_file": "none.pem"}, "TLS_CERT_FILE"),
        ({"tls_cert_file": "server.pem", "tls_client_required": True}, "TLS_CLIENT_CA_FILE"),
        ({"tls_cert_file": "server.pem", "tls_client_ca_file": "ca.pem"}, "CERTIFICATES_FILE"),
        ({"certificates_file": "callers.yaml"}, "CERTIFICATE_PROXIES"),
        ({"certificate_proxies": "10.0.0.1/8"}, "CERTIFICATE_PROXIES"),
        ({**PROXIES, "certificates_file": "none.yaml"}, "CERTIFICATES_FILE"),
    ],
)
def test_unusable_settings_are_rejected_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], variable: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Authority(Path()).issue("server", [LOOPBACK]).rename("server.pem")
    with pytest.raises(InvalidSettings, match=variable):
        DispatcherSettings(data_dir=tmp_path, **given)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "certificates: {}",
        "certificates: [DNS:a]",
        "certificates: {a.example: {tenant: north, role: caller}}",
        "certificates: {'DNS:a': {tenant: north}}",
        "certificates: {'DNS:a': {tenant: 'no/rth', role: caller}}",
        "certificates: {'DNS:a': {tenant: north, role: king}}",
        "certificates: {'DNS:a': {tenant: north, role: caller}}\nmore: 1",
    ],
)
def test_invalid_file_keeps_the_dispatcher_from_starting(tmp_path: Path, text: str) -> None:
    file = tmp_path / "callers.yaml"
    file.write_text(text)
    with pytest.raises(InvalidSettings, match="CERTIFICATES_FILE"):
        DispatcherSettings(data_dir=tmp_path, certificates_file=file, **PROXIES)
    file.write_text("certificates: {'DNS:a': {tenant: north, role: caller}}")
    chosen = DispatcherSettings(data_dir=tmp_path, certificates_file=file, **PROXIES)
    assert chosen.requires_key
