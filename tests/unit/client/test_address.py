import pytest

from whisperfarm_client.address import Address, parse
from whisperfarm_contract.problems import InvalidSettings


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000", Address("http", "127.0.0.1", 8000, "")),
        ("http://farm", Address("http", "farm", 80, "")),
        ("https://Farm.example/asr/", Address("https", "farm.example", 443, "/asr")),
        ("http://[::1]:9000/", Address("http", "::1", 9000, "")),
    ],
)
def test_parse_reads_an_address_from_a_url(url: str, expected: Address) -> None:
    assert parse(url) == expected


def test_address_is_printed_as_a_url() -> None:
    assert str(parse("http://[::1]:9000/asr/")) == "http://[::1]:9000/asr"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "farm:8000",
        "127.0.0.1:8000",
        "ftp://farm",
        "file:///etc/passwd",
        "http://",
        "http://farm:port",
        "http://farm:99999",
        "http://farm/?a=b",
        "http://farm/#a",
        "http://fa rm",
        "http://farm/a\nb",
        "http://färm",
        "http://[::1",
    ],
)
def test_parse_names_the_setting_of_an_invalid_url(url: str) -> None:
    with pytest.raises(InvalidSettings, match=r"^WHISPERFARM_URL"):
        parse(url)


@pytest.mark.parametrize("url", ["http://user:s3cret@farm", "http://s3cret@farm"])
def test_parse_rejects_a_key_in_the_url_without_showing_it(url: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        parse(url)
    assert "s3cret" not in caught.value.detail
