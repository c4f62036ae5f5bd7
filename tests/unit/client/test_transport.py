"""The HTTP transport over TLS. `test_api_submit.py` covers faults of plain connections."""

import socket
import ssl
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.servers.certificate import certificate
from tests.support.authority import LOOPBACK, Authority
from whisperfarm_client.address import Address
from whisperfarm_client.tls import TlsFiles
from whisperfarm_client.transport import HttpConnection
from whisperfarm_contract.problems import FarmUnavailable, InvalidCertificate, InvalidSettings


@pytest.fixture
def authority(farm: Any, tmp_path: Path) -> Path:
    """Make the double use TLS with a self-signed certificate. Returns its file."""
    made = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.file, made.key)
    farm.speak_tls(context)
    return made.file


def test_connection_accepts_a_trusted_certificate(farm: Any, authority: Path) -> None:
    connection = HttpConnection(
        farm.address._replace(scheme="https"), key=None, tls=TlsFiles(str(authority))
    )
    response = connection.send_request("GET", "/v1/jobs/j1?wait=0", timeout_s=10.0)
    connection.close()
    assert response.status == 200


@pytest.mark.usefixtures("authority")
def test_connection_rejects_an_untrusted_certificate_at_once(farm: Any) -> None:
    connection = HttpConnection(farm.address._replace(scheme="https"), key="k1", tls=TlsFiles())
    with pytest.raises(FarmUnavailable, match=r"is not trusted: .*WHISPERFARM_CA_FILE"):
        connection.send_request("GET", "/v1/jobs/j1", timeout_s=10.0)
    assert farm.seen == []


def test_connection_names_an_invalid_ca_file(farm: Any, tmp_path: Path) -> None:
    path = tmp_path / "none.pem"
    for content in (None, "no certificate"):
        if content is not None:
            path.write_text(content)
        with pytest.raises(InvalidSettings, match=r"^WHISPERFARM_CA_FILE: .*none\.pem"):
            HttpConnection(farm.address._replace(scheme="https"), key=None, tls=TlsFiles(str(path)))


def test_connection_shows_its_certificate_and_names_a_refused_one(
    farm: Any, tmp_path: Path
) -> None:
    ours, others = Authority(tmp_path), Authority(tmp_path, name="other")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(ours.issue("server", [LOOPBACK]))
    server.load_verify_locations(ours.file)
    server.verify_mode = ssl.CERT_REQUIRED
    server.maximum_version = ssl.TLSVersion.TLSv1_2  # it refuses before the request is sent
    farm.speak_tls(server)
    address = farm.address._replace(scheme="https", host="127.0.0.1")
    own = tmp_path / "own.pem"
    own.write_bytes(others.issue("client").read_bytes())
    connection = HttpConnection(address, key=None, tls=TlsFiles(str(ours.file), str(own)))
    with pytest.raises(InvalidCertificate, match="WHISPERFARM_CLIENT_CERT"):
        connection.send_request("GET", "/v1/jobs/j1?wait=0", timeout_s=10.0)
    own.write_text("being written")
    with pytest.raises(InvalidCertificate):
        connection.send_request("GET", "/v1/jobs/j1?wait=0", timeout_s=10.0)
    own.write_bytes(ours.issue("client").read_bytes())
    answer = connection.send_request("GET", "/v1/jobs/j1?wait=0", timeout_s=10.0)
    connection.close()
    assert answer.status == 200


def test_connection_names_an_invalid_client_certificate(farm: Any, tmp_path: Path) -> None:
    files = TlsFiles(client_cert=str(tmp_path / "none.pem"))
    with pytest.raises(InvalidSettings, match=r"^WHISPERFARM_CLIENT_CERT.*none\.pem"):
        HttpConnection(farm.address._replace(scheme="https"), key=None, tls=files)


def test_connection_names_a_certificate_refused_after_the_handshake(tmp_path: Path) -> None:
    ours, others = Authority(tmp_path), Authority(tmp_path, name="other")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=ours.file)
    server.load_cert_chain(ours.issue("server", [LOOPBACK]))
    server.verify_mode = ssl.CERT_REQUIRED
    for own in (None, str(others.issue("client"))):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(10.0)
            thread = Thread(target=_refuse, args=(listener, server))
            thread.start()
            address = Address("https", *listener.getsockname(), "")
            connection = HttpConnection(address, key=None, tls=TlsFiles(str(ours.file), own))
            with pytest.raises(InvalidCertificate, match="WHISPERFARM_CLIENT_CERT"):
                connection.send_request("GET", "/v1/jobs", timeout_s=10.0)
            thread.join()


def _refuse(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Refuse the certificate with an alert, and read on, so that no reset overtakes the alert."""
    accepted, _ = listener.accept()
    accepted.settimeout(10.0)
    with context.wrap_socket(accepted, server_side=True, do_handshake_on_connect=False) as tls:
        with suppress(ssl.SSLError):
            tls.do_handshake()
        with suppress(ConnectionError):
            while socket.socket.recv(tls, 4096):
                pass
