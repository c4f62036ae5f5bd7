"""Authenticates and authorizes requests by API key, client certificate or session of a person.

A farm that requires no key checks `Host` and `Origin` instead, and permits everything.
"""

import time
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.permissions import ROLES, Role
from whisperfarm_contract.problems import InvalidApiKey, MissingApiKey, PermissionDenied
from whisperfarm_dispatcher.api.authenticator import Authenticator
from whisperfarm_dispatcher.api.caller import Caller, caller_of, refused
from whisperfarm_dispatcher.api.certificates.verifier import CertificateVerifier
from whisperfarm_dispatcher.api.hosts import check_host_header
from whisperfarm_dispatcher.api.permissions import ROUTES
from whisperfarm_dispatcher.api.rate_limit import RateLimiter
from whisperfarm_dispatcher.api.redacted_access import reads_redacted
from whisperfarm_dispatcher.api.sessions.cookie import secret_of
from whisperfarm_dispatcher.api.sessions.same_origin import check_same_origin
from whisperfarm_dispatcher.api.sessions.session import key_of_session
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_store.events.access import RefusalReason

_bearer = HTTPBearer(
    auto_error=False, description="`Authorization: Bearer <key>`, or a signed token (JWT)"
)
_api_key_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="`X-API-Key: <key>`")

_SCHEMES = frozenset({"bearer", "token"})
"""Schemes of `Authorization`. Clients of Deepgram send `Token`."""


_ANYONE = Caller(tenant=DEFAULT_TENANT, grant="the farm", permissions=ROLES[Role.ADMIN])
"""The caller of every request to a farm that requires no key."""

_IN_ADDRESS = frozenset({"access_token", "api-key", "api_key", "apikey", "token", "x-api-key"})
"""Names of parameters under which clients send keys in addresses. No route has one."""

_KEY_IN_ADDRESS = (
    "the API key is in the address, which proxies and browsers record; send it as"
    " `Authorization: Bearer <key>` or `X-API-Key: <key>`, and ask the operator for another key"
)
_SESSION_ENDED = "the session has ended; sign in again"
_NO_KEY = "the request has no API key; send `Authorization: Bearer <key>` or `X-API-Key: <key>`"


async def _deps(request: Request) -> Dependencies:
    deps: Dependencies = request.app.state.deps
    return deps


def _authenticator(request: Request) -> Authenticator | None:
    authenticator: Authenticator | None = request.app.state.authenticator
    return authenticator


async def check_host(request: Request) -> None:
    """If the farm has no API keys, reject requests that a browser sends for another site's page."""
    if _authenticator(request) is None:
        check_host_header(request.headers.get("host", ""), request.headers.get("origin"))


async def authorize(request: Request) -> None:
    """Reject requests that the table of permissions or a rate limit does not allow."""
    route = request.scope["route"].name
    if route not in ROUTES:
        raise PermissionDenied(f"the table of permissions does not have the route {route!r}")
    permission = ROUTES[route]
    if permission is None:
        return
    caller = await _authenticate(request)
    rate_limiter: RateLimiter = request.app.state.rate_limiter
    await rate_limiter.check(caller)
    deps: Dependencies = request.app.state.deps
    query, known = request.query_params, deps.settings.redaction_kinds
    if not reads_redacted(caller, route, query, known):
        caller.check_permission(permission)
    request.state.caller, request.state.permission = caller, permission


CHECK_S = 2.0
"""How often the caller of a long response is checked again."""


class PermissionCheck:
    """Checks the caller of a long response again, at most every `CHECK_S` seconds."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._checked_at = time.monotonic()

    async def __call__(self) -> None:
        """Raise a `Problem` if the caller may no longer have the response."""
        if time.monotonic() - self._checked_at < CHECK_S:
            return
        caller = await _authenticate(self._request)
        caller.check_permission(self._request.state.permission)
        self._checked_at = time.monotonic()


async def _authenticate(request: Request) -> Caller:
    authenticator = _authenticator(request)
    if authenticator is None:
        return _ANYONE
    if not _IN_ADDRESS.isdisjoint(request.query_params):
        raise refused(InvalidApiKey(_KEY_IN_ADDRESS), RefusalReason.IN_ADDRESS)
    if api_key := _api_key(request):
        return await authenticator.authenticate(api_key)
    if credential := await _key_of_session(request):
        return await authenticator.authenticate_session(credential)
    caller = _caller_of_certificate(request)
    if caller is None:
        raise refused(MissingApiKey(_NO_KEY), RefusalReason.MISSING)
    return caller


def _api_key(request: Request) -> str | None:
    scheme, _, api_key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in _SCHEMES:
        return api_key.strip()
    return request.headers.get("x-api-key")


def _caller_of_certificate(request: Request) -> Caller | None:
    certificates: CertificateVerifier | None = request.app.state.certificates
    caller = None if certificates is None else certificates.caller(request)
    if caller is not None:
        check_same_origin(request)  # a browser sends a certificate for another site's page, too
    return caller


async def _key_of_session(request: Request) -> str | None:
    """Return the key that the person signed in with, whose page sent the request."""
    secret = secret_of(request)
    if secret is None:
        return None
    check_same_origin(request)
    deps: Dependencies = request.app.state.deps
    api_key = await key_of_session(deps.ledger, secret)
    if api_key is None:
        raise refused(MissingApiKey(_SESSION_ENDED), RefusalReason.SESSION)
    return api_key


async def _tenant(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],  # noqa: ARG001
    header: Annotated[str | None, Security(_api_key_header)],  # noqa: ARG001
) -> str:
    return caller_of(request).tenant


async def _author(request: Request) -> str:
    caller: Caller = request.state.caller
    return caller.author


Deps = Annotated[Dependencies, Depends(_deps)]
"""Dependencies of the dispatcher."""

Tenant = Annotated[str, Depends(_tenant)]
"""The tenant of the request's API key, or the default tenant if the farm has no keys. OpenAPI
describes the key by its parameters; `authorize` has checked it."""

Author = Annotated[str, Depends(_author)]
"""The caller of the request, as the author of what it stores."""
