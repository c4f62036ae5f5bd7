"""Whether a farm is ready."""

import ssl

import httpx

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients without TLS: to read the certificates of all authorities takes longer than most
tests."""


def is_ready(url: str) -> bool:
    """Return whether the dispatcher at this address answers that the farm takes jobs."""
    try:
        return httpx.get(f"{url}/readyz", timeout=60, verify=NO_AUTHORITIES).status_code == 200
    except httpx.TransportError:
        return False
