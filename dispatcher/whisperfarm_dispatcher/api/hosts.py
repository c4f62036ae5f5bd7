"""Loopback names: where a farm without keys may listen, and what its callers may call it.

Without keys the only guard is that nobody else can connect. A web page can make the browser of
somebody on this machine connect: its `Host` (when it had its own name point here) or its `Origin`
gives it away.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from whisperfarm_contract.problems import BadRequest, SettingsWrong


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address; no name but `localhost` is trusted."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"


def check_listening(host: str, *, has_keys: bool) -> None:
    """`SettingsWrong` when a farm without keys would be open to other machines."""
    if not has_keys and not is_loopback(host):
        raise SettingsWrong(
            f"WHISPERFARM_HOST: without API keys the farm listens on loopback alone, not on"
            f" {host!r}; set WHISPERFARM_API_KEYS, or use 127.0.0.1"
        )


def check_called_as(host: str, origin: str | None) -> None:
    """`BadRequest` when the `Host` or `Origin` header of a call without key is of another site."""
    for header, name in (("Host", _name(f"//{host}")), ("Origin", _name(origin or "//localhost"))):
        if name is None or not is_loopback(name):
            raise BadRequest(
                f"without API keys this farm answers to localhost alone, and the {header} header is"
                " another name; use http://127.0.0.1, or let the farm have keys"
            )


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
