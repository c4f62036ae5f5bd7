"""Loopback checks for a farm without API keys.

Without keys, the only protection is that other machines cannot connect. A web page can still make a
browser on this machine connect. Such a request has a foreign `Host` (after DNS rebinding) or a
foreign `Origin`.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from whisperfarm_contract.problems import ClientError, InvalidSettings


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address. The only trusted name is `localhost`."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"


def check_bind_address(host: str, *, requires_key: bool) -> None:
    """Raise `InvalidSettings` if a farm without keys would accept other machines' connections."""
    if not requires_key and not is_loopback(host):
        raise InvalidSettings(
            f"WHISPERFARM_HOST: {host!r} is not a loopback address, which a farm without API keys"
            f" needs; set WHISPERFARM_API_KEYS or WHISPERFARM_REQUIRE_KEY, or use 127.0.0.1"
        )


def check_host_header(host: str, origin: str | None) -> None:
    """Raise `ClientError` if the `Host` or `Origin` header does not name this machine."""
    for header, hostname in (
        ("Host", _hostname(f"//{host}")),
        ("Origin", _hostname(origin or "//localhost")),
    ):
        if hostname is None or not is_loopback(hostname):
            raise ClientError(
                f"the {header} header does not name localhost, which a farm without API keys"
                " needs; use http://127.0.0.1, or set WHISPERFARM_API_KEYS or"
                " WHISPERFARM_REQUIRE_KEY"
            )


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
