import pytest

from whisperfarm_dispatcher.egress.networks import may_connect, read_networks

PUBLIC = ("93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1")
OTHERS = (
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # metadata service of clouds
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",  # an IPv4-compatible IPv6 address
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",  # NAT64
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",  # 6to4
    "2001::1",  # Teredo
    "2001:db8::1",
    "3fff::1",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "100::1",
    "5f00::1",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    assert may_connect(address, ())


@pytest.mark.parametrize("address", OTHERS)
def test_other_addresses_are_forbidden(address: str) -> None:
    assert not may_connect(address, ())


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "fd00::7", "64:ff9b::a00:1"])
def test_allowed_networks_may_be_connected_to(address: str) -> None:
    assert may_connect(address, read_networks("10.1.0.0/16, fd00::/64,64:ff9b::/96"))


def test_addresses_outside_the_allowed_networks_are_forbidden() -> None:
    allowed = read_networks("10.1.0.0/16")
    assert not may_connect("10.2.0.1", allowed)
    assert not may_connect("::1", allowed)


@pytest.mark.parametrize("text", ["10.1.0.0/33", "10.1.0.1/16", "localhost"])
def test_invalid_network_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        read_networks(text)
