"""Which addresses callers may have the farm connect to: public ones, and what the operator allows.

https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 sister list the others.
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

_INTERNET = ip_network("2000::/3")
"""All of IPv6 that is given out; NAT64 (64:ff9b::/96) and the like lie outside."""

_SPECIAL: Networks = tuple(
    ip_network(text)
    for text in (
        # Python's own judgement differs from version to version; these are never for callers.
        "100.64.0.0/10",  # shared by carriers, and by clusters for their inside
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "198.18.0.0/15",  # benchmarks
        "2001::/23",  # protocol assignments, Teredo among them, which carries an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4, which carries an IPv4 address
        "3fff::/20",
    )
)


def read_networks(text: str) -> Networks:
    """Networks such as `10.1.0.0/16,fd00::/8`. Raises `ValueError`, naming the bad one."""
    return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())


def may_connect(address: str, allowed: Networks) -> bool:
    """Whether callers may name what has this address. `allowed` are networks beside the public."""
    judged = _unmapped(ip_address(address))
    if any(judged in network for network in allowed):
        return True
    return _is_public(judged)


def _unmapped(address: Address) -> Address:
    """An IPv4 address in IPv6 clothes is the IPv4 address: that is what would be connected to."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _INTERNET:
        return False
    if address.is_multicast or any(address in network for network in _SPECIAL):
        return False
    return address.is_global
