"""Handshakes in memory, as asyncio makes them."""

import ssl
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.support.authority import LOOPBACK, Authority
from whisperfarm_dispatcher.api.certificates.handshakes import MAX_LOGGED
from whisperfarm_dispatcher.api.certificates.tls import server_context


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(authority: Authority) -> ssl.SSLContext:
    return server_context(
        authority.issue("server", [LOOPBACK]), None, authority.file, required=True
    )


def test_successful_handshake_logs_nothing(authority: Authority, server: ssl.SSLContext) -> None:
    with capture_logs() as logs:
        shake_hands(server, authority.client(authority.issue("device")))
    assert logs == []


def test_client_that_does_not_trust_the_farm_is_the_reason(
    server: ssl.SSLContext, tmp_path: Path
) -> None:
    with capture_logs() as logs, pytest.raises(ssl.SSLError):
        shake_hands(server, Authority(tmp_path, name="other").client())
    assert [one["reason"] for one in logs] == ["client"]
    assert logs[0]["error"].endswith("ALERT_UNKNOWN_CA")


def test_old_version_of_tls_is_the_reason(authority: Authority, server: ssl.SSLContext) -> None:
    newer = ssl.create_default_context(cafile=authority.file)
    newer.minimum_version = ssl.TLSVersion.TLSv1_3
    server.maximum_version = ssl.TLSVersion.TLSv1_2
    with capture_logs() as logs, pytest.raises(ssl.SSLError):
        shake_hands(server, newer)
    assert [one["reason"] for one in logs] == ["protocol"]


def test_flood_of_handshakes_is_logged_in_part(
    authority: Authority, server: ssl.SSLContext
) -> None:
    with capture_logs() as logs:
        for _ in range(MAX_LOGGED + 2):
            with pytest.raises(ssl.SSLError):
                shake_hands(server, authority.client())
    levels = [one["log_level"] for one in logs]
    assert levels == ["info"] * MAX_LOGGED + ["debug"] * 2


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> None:
    """Complete a handshake. Raises the first error of one side, once both are done with it."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1"),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    error: ssl.SSLError | None = None
    for _ in range(4):
        for side in list(sides):
            try:
                side.do_handshake()
                sides.remove(side)
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError as failed:
                error = error or failed
                sides.remove(side)
    if error is not None:
        raise error
