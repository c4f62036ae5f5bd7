import pytest

from whisperfarm_contract.problems import ClientError, InvalidSettings
from whisperfarm_dispatcher.api.hosts import (
    check_bind_address,
    check_host_header,
    is_loopback,
)

EVERYWHERE = "0.0.0.0"  # noqa: S104


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LOCALHOST."]
)
def test_is_loopback_accepts_every_loopback_name(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [EVERYWHERE, "::", "10.0.0.1", "farm.example", "localhost.example", "127.0.0.1.example", ""],
)
def test_is_loopback_rejects_other_names(host: str) -> None:
    assert not is_loopback(host)


def test_check_bind_address_without_keys_needs_loopback() -> None:
    check_bind_address("127.0.0.1", requires_key=False)
    check_bind_address(EVERYWHERE, requires_key=True)
    with pytest.raises(InvalidSettings, match="WHISPERFARM_API_KEYS"):
        check_bind_address(EVERYWHERE, requires_key=False)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "localhost:80", "[::1]:8000"])
def test_loopback_callers_are_accepted(host: str) -> None:
    check_host_header(host, None)
    check_host_header(host, "http://localhost:3000")


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("rebound.example:8000", None),
        ("", None),
        ("[::1", None),
        ("user@rebound.example", None),
        ("127.0.0.1:8000", "https://rebound.example"),
        ("127.0.0.1:8000", "null"),
    ],
)
def test_requests_from_another_site_are_rejected(host: str, origin: str | None) -> None:
    with pytest.raises(ClientError, match="localhost"):
        check_host_header(host, origin)
