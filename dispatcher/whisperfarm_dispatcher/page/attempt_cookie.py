"""The cookie of a sign-in at the identity provider, which a browser has until it returns.

The provider leads back to the farm, so the cookie is not a strict one like that of a session.
"""

from typing import Any

from fastapi import Request, Response

COOKIE = "whisperfarm_sign_in"
MAX_AGE_S = 600


def secret_of(request: Request) -> str:
    """Return the secret that the browser sent, or an empty text."""
    return request.cookies.get(COOKIE, "")


def set_secret(response: Response, secret: str, *, is_https: bool) -> None:
    response.set_cookie(COOKIE, secret, max_age=MAX_AGE_S, **_attributes(is_https))


def delete_secret(response: Response, *, is_https: bool) -> None:
    response.delete_cookie(COOKIE, **_attributes(is_https))


def _attributes(is_https: bool) -> dict[str, Any]:
    return {"path": "/", "httponly": True, "samesite": "lax", "secure": is_https}
