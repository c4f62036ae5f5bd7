"""`/v1/audit`: who changed what the farm permits and how it runs."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints

router = APIRouter(prefix="/v1/audit", tags=["operators"])

MAX_ENTRIES = 1000
"""Entries of one answer."""


@router.get("", summary="Read the audit log", **endpoints.AUDIT)
def list_audit(
    deps: Deps,
    _tenant: Tenant,
    after: Annotated[
        int, Query(ge=0, le=2**31 - 1, description="The number of the last entry that you have.")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_ENTRIES, description="Entries at most.")] = 100,
) -> JSONResponse:
    """Returns entries of the whole farm, in order, each with the hash of the one before it."""
    entries = deps.ledger.audit_log.list(after=after, limit=limit)
    return JSONResponse({"entries": [entry.to_wire() for entry in entries]})
