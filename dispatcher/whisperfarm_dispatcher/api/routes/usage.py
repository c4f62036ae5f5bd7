"""`/v1/usage`: what tenants and their keys have used, by day."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from whisperfarm_contract.permissions import Permission
from whisperfarm_dispatcher import usage
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.caller import Caller, caller_of
from whisperfarm_dispatcher.api.openapi import endpoints

router = APIRouter(prefix="/v1/usage", tags=["usage"])

Day = Annotated[str | None, Query(pattern=usage.DAY_PATTERN)]


@router.get("", summary="Show the usage", **endpoints.USAGE)
def list_usage(
    request: Request,
    deps: Deps,
    _tenant: Tenant,
    first: Annotated[Day, Query(alias="from", description="The first day, in UTC.")] = None,
    last: Annotated[Day, Query(alias="to", description="The last day; by default today.")] = None,
    tenant: Annotated[
        str | None, Query(max_length=200, description="One tenant, for an operator.")
    ] = None,
) -> JSONResponse:
    """Returns the usage of the caller's tenant by day and key, or of all tenants to an operator.

    A day has the jobs that were submitted on it. Without `from`, the report covers 31 days.
    """
    days = usage.read_days(first, last)
    return JSONResponse(usage.report(deps.ledger, days, tenant=_of(caller_of(request), tenant)))


def _of(caller: Caller, tenant: str | None) -> str | None:
    """Return the tenant to report, or `None` for all. The key of a tenant sees its own alone."""
    if Permission.OPERATE_FARM not in caller.permissions:
        return caller.tenant
    return None if tenant is None else tenant.replace("\0", "")
