"""Checks URLs of callers."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from whisperfarm_contract.problems import ForbiddenAddress
from whisperfarm_dispatcher.egress.networks import Networks, may_connect

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_MAX_URL_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of a URL. `path` includes the query."""

    scheme: str
    host: str
    port: int
    path: str


def read_target(url: str, allowed: Networks) -> Target:
    """Parse and check the URL. Raises `ForbiddenAddress`.

    A host name is not resolved here: its addresses are checked when the farm connects.
    """
    parts = _split(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in _DEFAULT_PORTS:
        raise ForbiddenAddress("the address must start with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenAddress("the address has a user name or a password; remove them")
    if not host:
        raise ForbiddenAddress("the address has no host; add one")
    _check_literal(host, allowed)
    path = parts.path or "/"
    return Target(
        scheme=parts.scheme,
        host=host,
        port=_port(parts),
        path=f"{path}?{parts.query}" if parts.query else path,
    )


def _split(url: str) -> SplitResult:
    # URL parsers disagree about other characters, which attackers exploit.
    if not _PRINTABLE.fullmatch(url) or "\\" in url or len(url) > _MAX_URL_CHARS:
        raise ForbiddenAddress(
            f"the address must be 1 to {_MAX_URL_CHARS} printable ASCII characters without spaces"
            " and backslashes; write others as %xx, and an international host name as xn--..."
        )
    try:
        return urlsplit(url)
    except ValueError as error:
        raise ForbiddenAddress(f"invalid address: {error}") from None


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ForbiddenAddress("invalid port in the address; use 1 to 65535")
    return port or _DEFAULT_PORTS[parts.scheme]


def _check_literal(host: str, allowed: Networks) -> None:
    try:
        ip_address(host)
    except ValueError:
        return
    if not may_connect(host, allowed):
        raise forbidden(host)


def forbidden(host: str) -> ForbiddenAddress:
    """Return the problem of a forbidden host. It does not reveal the addresses of a host name."""
    return ForbiddenAddress(
        f"{host} is not a public address; the operator can allow its network in"
        " WHISPERFARM_ALLOWED_NETWORKS"
    )
