"""The farm's URL, split into its parts."""

from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from whisperfarm_contract.problems import InvalidSettings

_PORTS = {"http": 80, "https": 443}
_WHERE = "WHISPERFARM_URL (--url)"


class Address(NamedTuple):
    """A farm's URL. `path` is the part before `/v1`, without a slash at the end."""

    scheme: str
    host: str
    port: int
    path: str

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"


def parse(url: str) -> Address:
    """Parse a URL.

    Raises `InvalidSettings` if it is invalid; the message never shows the part before `@`.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise InvalidSettings(f"{_WHERE}: {error}") from None
    if "@" in parts.netloc:
        raise InvalidSettings(f"{_WHERE}: the URL contains a key; set WHISPERFARM_API_KEY instead")
    if not _is_valid(url.strip(), parts):
        raise InvalidSettings(
            f"{_WHERE}: {url!r} is not a valid URL; use one such as http://127.0.0.1:8000"
        )
    host = parts.hostname or ""
    port = _PORTS[parts.scheme] if port is None else port
    return Address(parts.scheme, host, port, parts.path.rstrip("/"))


def _is_valid(url: str, parts: SplitResult) -> bool:
    """Whether the URL has a supported scheme, a host, and only characters of a request line."""
    is_clean = url.isascii() and url.isprintable() and " " not in url
    has_more = bool(parts.query or parts.fragment)
    return is_clean and parts.scheme in _PORTS and bool(parts.hostname) and not has_more
