import pytest

from whisperfarm_contract.problems import ForbiddenAddress
from whisperfarm_dispatcher.egress import read_networks, read_target
from whisperfarm_dispatcher.egress.targets import Target


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://example.com", Target("https", "example.com", 443, "/")),
        ("HTTP://Example.com.:8080/a?b=c#d", Target("http", "example.com", 8080, "/a?b=c")),
        ("https://[2606:4700::1]/x", Target("https", "2606:4700::1", 443, "/x")),
        ("http://host?x=1", Target("http", "host", 80, "/?x=1")),
    ],
)
def test_read_target_splits_a_url(url: str, target: Target) -> None:
    assert read_target(url, ()) == target


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com",
        "file:///etc/passwd",
        "gopher://example.com",
        "http://",
        "http:///path",
        "http://user@example.com",
        "http://user:secret@example.com",
        "http://:@example.com",
        "http://example.com:0",
        "http://example.com:65536",
        "http://example.com:x",
        "http://[::1",
        "http://exam ple.com",
        "http://example.com/\r\nX-Header: 1",
        "http://example.com\\@10.0.0.1/",
        "http://example.com\\.internal/",
        "http://bücher.example",
        "http://127.0.0.1",
        "http://[::ffff:10.0.0.1]",
        "http://169.254.169.254/latest/meta-data",
        "https://example.com/" + "a" * 2000,
    ],
)
def test_other_networks_are_rejected(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        read_target(url, ())


def test_error_does_not_repeat_the_password() -> None:
    with pytest.raises(ForbiddenAddress) as refused:
        read_target("http://user:secret@example.com", ())
    assert "secret" not in refused.value.detail


def test_allowed_address_is_accepted() -> None:
    assert read_target("http://10.0.0.1:81", read_networks("10.0.0.0/8")).port == 81
