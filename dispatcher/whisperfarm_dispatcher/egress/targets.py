"""URLs that callers name."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from whisperfarm_contract.problems import AddressRefused
from whisperfarm_dispatcher.egress.networks import Networks, may_connect

_PORTS = {"http": 80, "https": 443}
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Target:
    """What a URL names. `path` has the query with it."""

    scheme: str
    host: str
    port: int
    path: str


def read_target(url: str, allowed: Networks) -> Target:
    """What the URL names, as far as that can be told without looking anything up.

    Raises `AddressRefused`. A host's name is only checked once it is connected to.
    """
    parts = _split(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _PORTS:
        raise AddressRefused("an address begins with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("an address carries no user name and no password")
    if not host:
        raise AddressRefused("the address names no host")
    _check_literal(host, allowed)
    path = parts.path or "/"
    return Target(
        scheme=parts.scheme,
        host=host,
        port=_port(parts),
        path=f"{path}?{parts.query}" if parts.query else path,
    )


def _split(url: str) -> SplitResult:
    # Parsers differ in what they make of the rest; nothing that has to be guessed gets through.
    if not _PRINTABLE.fullmatch(url) or "\\" in url or len(url) > _LONGEST:
        raise AddressRefused(
            f"an address has up to {_LONGEST} printable ASCII characters, without spaces and"
            " backslashes; write others as %xx, and a host's name as xn--..."
        )
    try:
        return urlsplit(url)
    except ValueError as error:
        raise AddressRefused(f"the address can not be read: {error}") from None


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise AddressRefused("the address has a port that there is not")
    return port or _PORTS[parts.scheme]


def _check_literal(host: str, allowed: Networks) -> None:
    try:
        ip_address(host)
    except ValueError:
        return
    if not may_connect(host, allowed):
        raise refusal(host)


def refusal(host: str) -> AddressRefused:
    """The problem of a host that is where callers have no business; where that is, is not told."""
    return AddressRefused(
        f"this farm does not connect to {host} for callers: it is no public address; the operator"
        " can allow it by WHISPERFARM_ALLOWED_NETWORKS"
    )
