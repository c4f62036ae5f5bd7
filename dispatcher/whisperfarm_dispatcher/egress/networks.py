"""Addresses that callers may make the farm connect to: public ones, and those the operator allows.

https://www.iana.org/assignments/iana-ipv4-special-registry and the IPv6 registry list the others.
"""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]

ALL_NETWORKS: Networks = (ip_network("0.0.0.0/0"), ip_network("::/0"))
"""For addresses that the operator names, which may be private ones."""

_GLOBAL_UNICAST = ip_network("2000::/3")
"""IPv6 global unicast, all that is assigned so far. NAT64 (64:ff9b::/96) lies outside."""

_SPECIAL: Networks = tuple(
    ip_network(text)
    for text in (
        # Whether `is_global` holds for these differs between versions of Python.
        "100.64.0.0/10",  # carrier-grade NAT; clusters use it internally
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "198.18.0.0/15",  # benchmarks
        "2001::/23",  # protocol assignments; Teredo embeds an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which embeds an IPv4 address
        "3fff::/20",  # documentation
    )
)


def read_networks(text: str) -> Networks:
    """Parse networks such as `10.1.0.0/16,fd00::/8`. Raises `ValueError`."""
    return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())


def may_connect(address: str, allowed: Networks) -> bool:
    """Whether callers may name this address: it is public, or in one of the `allowed` networks."""
    effective = _ipv4_of(ip_address(address))
    if any(effective in network for network in allowed):
        return True
    return _is_public(effective)


def _ipv4_of(address: Address) -> Address:
    """Unwrap IPv4-mapped IPv6 addresses: the socket would connect to the IPv4 address."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    if address.is_multicast or any(address in network for network in _SPECIAL):
        return False
    return address.is_global
