"""Authenticates and authorizes requests by API key.

A farm without keys checks `Host` and `Origin` instead, and permits everything.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.permissions import Permission, Role, Roles
from whisperfarm_contract.problems import InvalidApiKey, MissingApiKey, PermissionDenied
from whisperfarm_dispatcher.api.hosts import check_host_header
from whisperfarm_dispatcher.api.keys import KeyRing
from whisperfarm_dispatcher.api.permissions import ROUTES
from whisperfarm_dispatcher.api.rate_limit import RateLimiter
from whisperfarm_dispatcher.dependencies import Dependencies

_bearer = HTTPBearer(auto_error=False, description="`Authorization: Bearer <key>`")
_api_key_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="`X-API-Key: <key>`")

_SCHEMES = frozenset({"bearer", "token"})
"""Schemes of `Authorization`. Clients of Deepgram send `Token`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The tenant and role of a request's API key, and what the role permits."""

    tenant: str
    role: str
    permissions: frozenset[Permission]

    def check_permission(self, permission: Permission) -> None:
        """Raise `PermissionDenied` if the role does not have the permission."""
        if permission not in self.permissions:
            raise PermissionDenied(
                f"the role {self.role} does not have the permission {permission}; use a key with"
                " a role that has it"
            )


async def _deps(request: Request) -> Dependencies:
    deps: Dependencies = request.app.state.deps
    return deps


def _keys(request: Request) -> KeyRing | None:
    keys: KeyRing | None = request.app.state.keys
    return keys


def _roles(request: Request) -> Roles:
    roles: Roles = request.app.state.roles
    return roles


async def check_host(request: Request) -> None:
    """If the farm has no API keys, reject requests that a browser sends for another site's page."""
    if _keys(request) is None:
        check_host_header(request.headers.get("host", ""), request.headers.get("origin"))


async def authorize(request: Request) -> None:
    """Reject requests that the table of permissions or the tenant's rate limit does not allow."""
    route = request.scope["route"].name
    if route not in ROUTES:
        raise PermissionDenied(f"the table of permissions does not have the route {route!r}")
    permission = ROUTES[route]
    if permission is None:
        return
    caller = _authenticate(request)
    rate_limiter: RateLimiter = request.app.state.rate_limiter
    await rate_limiter.check(caller.tenant)
    caller.check_permission(permission)
    request.state.caller = caller


def _authenticate(request: Request) -> Caller:
    keys, roles = _keys(request), _roles(request)
    if keys is None:
        return _caller(DEFAULT_TENANT, Role.ADMIN, roles)
    api_key = _api_key(request)
    if not api_key:
        raise MissingApiKey(
            "the request has no API key; send `Authorization: Bearer <key>` or `X-API-Key: <key>`"
        )
    key = keys.find(api_key)
    if key is None:
        raise InvalidApiKey
    return _caller(key.tenant, key.role, roles)


def _caller(tenant: str, role: str, roles: Roles) -> Caller:
    return Caller(tenant=tenant, role=role, permissions=roles[role])


def _api_key(request: Request) -> str | None:
    scheme, _, api_key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in _SCHEMES:
        return api_key.strip()
    return request.headers.get("x-api-key")


async def _tenant(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],  # noqa: ARG001
    header: Annotated[str | None, Security(_api_key_header)],  # noqa: ARG001
) -> str:
    caller: Caller = request.state.caller
    return caller.tenant


Deps = Annotated[Dependencies, Depends(_deps)]
"""Dependencies of the dispatcher."""

Tenant = Annotated[str, Depends(_tenant)]
"""The tenant of the request's API key, or the default tenant if the farm has no keys. OpenAPI
describes the key by its parameters; `authorize` has checked it."""
