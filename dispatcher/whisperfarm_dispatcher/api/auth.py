"""Authenticates requests by API key. A farm without keys checks `Host` and `Origin` instead."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.problems import InvalidApiKey, MissingApiKey
from whisperfarm_dispatcher.api.hosts import check_host_header
from whisperfarm_dispatcher.api.keys import KeyRing
from whisperfarm_dispatcher.api.rate_limit import RateLimiter
from whisperfarm_dispatcher.dependencies import Dependencies

_bearer = HTTPBearer(auto_error=False, description="`Authorization: Bearer <key>`")
_api_key_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="`X-API-Key: <key>`")


async def _deps(request: Request) -> Dependencies:
    deps: Dependencies = request.app.state.deps
    return deps


def _keys(request: Request) -> KeyRing | None:
    keys: KeyRing | None = request.app.state.keys
    return keys


async def check_host(request: Request) -> None:
    """If the farm has no API keys, reject requests that a browser sends for another site's page."""
    if _keys(request) is None:
        check_host_header(request.headers.get("host", ""), request.headers.get("origin"))


async def _tenant(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    header: Annotated[str | None, Security(_api_key_header)],
) -> str:
    tenant = _authenticate(request, bearer.credentials if bearer else header)
    rate_limiter: RateLimiter = request.app.state.rate_limiter
    await rate_limiter.check(tenant)
    return tenant


def _authenticate(request: Request, api_key: str | None) -> str:
    keys = _keys(request)
    if keys is None:
        return DEFAULT_TENANT
    if not api_key:
        raise MissingApiKey(
            "the request has no API key; send `Authorization: Bearer <key>` or `X-API-Key: <key>`"
        )
    tenant = keys.tenant_of(api_key)
    if tenant is None:
        raise InvalidApiKey
    return tenant


Deps = Annotated[Dependencies, Depends(_deps)]
"""Dependencies of the dispatcher."""

Tenant = Annotated[str, Depends(_tenant)]
"""The tenant of the request's API key, or the default tenant if the farm has no keys. Requests
without a valid key or above the rate limit are rejected."""
