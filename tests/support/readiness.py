"""Whether a farm is ready."""

import httpx


def is_ready(url: str) -> bool:
    """Return whether the dispatcher at this address answers that the farm takes jobs."""
    try:
        return httpx.get(f"{url}/readyz", timeout=60).status_code == 200
    except httpx.TransportError:
        return False
