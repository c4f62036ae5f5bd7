"""Authenticates requests by API key; without keys, by their `Host` and `Origin` headers."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.problems import KeyMissing, KeyWrong
from whisperfarm_dispatcher.api.hosts import check_called_as
from whisperfarm_dispatcher.api.keys import KeyRing
from whisperfarm_dispatcher.api.rate_limit import Pace
from whisperfarm_dispatcher.dependencies import Parts

_bearer = HTTPBearer(auto_error=False, description="`Authorization: Bearer <key>`")
_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="`X-API-Key: <key>`")


async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def _keys(request: Request) -> KeyRing | None:
    keys: KeyRing | None = request.app.state.keys
    return keys


async def check_name(request: Request) -> None:
    """Without API keys, reject requests that a browser sends for a page of another site."""
    if _keys(request) is None:
        check_called_as(request.headers.get("host", ""), request.headers.get("origin"))


async def _tenant(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    header: Annotated[str | None, Security(_header)],
) -> str:
    tenant = _known(request, bearer.credentials if bearer else header)
    pace: Pace = request.app.state.pace
    await pace.check(tenant)
    return tenant


def _known(request: Request, presented: str | None) -> str:
    keys = _keys(request)
    if keys is None:
        return DEFAULT_TENANT
    if not presented:
        raise KeyMissing(
            "the request has no API key; send `Authorization: Bearer <key>` or `X-API-Key: <key>`"
        )
    tenant = keys.tenant_of(presented)
    if tenant is None:
        raise KeyWrong
    return tenant


WithParts = Annotated[Parts, Depends(_parts)]
"""Dependencies of the dispatcher."""

Tenant = Annotated[str, Depends(_tenant)]
"""The tenant of the request's API key. Requests without a valid key are rejected."""
