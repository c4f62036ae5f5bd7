import pytest

from whisperfarm_contract.problems import BadRequest, SettingsWrong
from whisperfarm_dispatcher.api.hosts import (
    check_called_as,
    check_listening,
    is_loopback,
)

EVERYWHERE = "0.0.0.0"  # noqa: S104


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LOCALHOST."]
)
def test_loopback_is_told_by_any_of_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [EVERYWHERE, "::", "10.0.0.1", "farm.example", "localhost.example", "127.0.0.1.example", ""],
)
def test_nothing_else_is_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_without_keys_only_loopback_may_be_listened_on() -> None:
    check_listening("127.0.0.1", has_keys=False)
    check_listening(EVERYWHERE, has_keys=True)
    with pytest.raises(SettingsWrong, match="WHISPERFARM_API_KEYS"):
        check_listening(EVERYWHERE, has_keys=False)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "localhost:80", "[::1]:8000"])
def test_callers_on_this_machine_are_let_in(host: str) -> None:
    check_called_as(host, None)
    check_called_as(host, "http://localhost:3000")


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
def test_a_page_of_another_site_is_not(host: str, origin: str | None) -> None:
    with pytest.raises(BadRequest, match="localhost"):
        check_called_as(host, origin)
