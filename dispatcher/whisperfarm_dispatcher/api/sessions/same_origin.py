"""Refuses requests that a browser sends because of another site's page.

It follows `CrossOriginProtection` of Go's `net/http`: a request with neither `Sec-Fetch-Site` nor
`Origin` does not come from a browser.
"""

from urllib.parse import urlsplit

from fastapi import Request

from whisperfarm_contract.problems import PermissionDenied
from whisperfarm_dispatcher.api.caller import refused
from whisperfarm_store.events.access import RefusalReason

_OWN = frozenset({"same-origin", "none"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_CROSS_SITE = (
    "a page of another site sent this request; open the farm's own page, and let a proxy pass the"
    " header Host unchanged"
)


def check_same_origin(request: Request) -> None:
    """Raise `PermissionDenied` if the request may change something and is another page's."""
    if request.method not in _SAFE and not _is_same_origin(request):
        raise refused(PermissionDenied(_CROSS_SITE), RefusalReason.CROSS_SITE)


def _is_same_origin(request: Request) -> bool:
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site in _OWN
    return origin is None or _host(origin) == request.headers.get("host", "").lower()


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
