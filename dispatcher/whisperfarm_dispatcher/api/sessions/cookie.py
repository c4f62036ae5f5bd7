"""The cookie of a session: a random secret that scripts cannot read and other sites cannot send."""

from typing import Any

from fastapi import Request, Response

COOKIE = "whisperfarm_session"


def secret_of(request: Request) -> str | None:
    """Return the secret that the browser sent."""
    return request.cookies.get(COOKIE)


def set_cookie(
    request: Request, response: Response, secret: str, *, max_age_s: int, is_https: bool = False
) -> None:
    """Set the cookie. `is_https` says that the browser uses HTTPS, whatever its headers say."""
    attributes = _attributes(request)
    attributes["secure"] |= is_https
    response.set_cookie(COOKIE, secret, max_age=max_age_s, **attributes)


def delete_cookie(request: Request, response: Response) -> None:
    response.delete_cookie(COOKIE, **_attributes(request))


def _attributes(request: Request) -> dict[str, Any]:
    """Return the attributes. Behind a proxy, only `Origin` shows that the browser uses HTTPS."""
    is_https = request.headers.get("origin", "").startswith("https://")
    return {"path": "/", "httponly": True, "samesite": "strict", "secure": is_https}
