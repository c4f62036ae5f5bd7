"""`/v1/jobs/{id}/hold` and `/v1/holds`: legal holds, which forbid every deletion."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api import job_filters
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.reason import Reason
from whisperfarm_dispatcher.api.responses import job_response
from whisperfarm_dispatcher.dependencies import Dependencies

router = APIRouter(prefix="/v1", tags=["jobs"])


@router.put("/jobs/{job_id}/hold", summary="Set a legal hold", **endpoints.HOLD)
def hold_job(deps: Deps, tenant: Tenant, job_id: str, reason: Reason) -> Response:
    """Keeps the recording, the transcripts and the job until the hold is lifted.

    A job that has a hold keeps it, with its reason.
    """
    return job_response(deps.ledger.holds.set(job_id, tenant=tenant, reason=reason))


@router.delete("/jobs/{job_id}/hold", summary="Lift a legal hold", **endpoints.HOLD)
def release_job(deps: Deps, tenant: Tenant, job_id: str, reason: Reason) -> Response:
    """Lifts the hold of a job. One without a hold is unchanged."""
    return job_response(deps.ledger.holds.lift(job_id, tenant=tenant, reason=reason))


@router.put("/holds", summary="Set the legal holds of many jobs", **endpoints.HOLDS)
def hold_jobs(request: Request, deps: Deps, tenant: Tenant, reason: Reason) -> JSONResponse:
    """Sets the holds of all jobs that the filters find now; one filter at least is required.

    Returns how many were set. If the request breaks off, send it again: it sets the rest.
    """
    return _change_all(request, deps, tenant, reason, is_held=True)


@router.delete("/holds", summary="Lift the legal holds of many jobs", **endpoints.HOLDS)
def release_jobs(request: Request, deps: Deps, tenant: Tenant, reason: Reason) -> JSONResponse:
    """Lifts the holds of all jobs that the filters find; one filter at least is required."""
    return _change_all(request, deps, tenant, reason, is_held=False)


def _change_all(
    request: Request, deps: Dependencies, tenant: str, reason: str, *, is_held: bool
) -> JSONResponse:
    query = [(name, text) for name, text in request.query_params.multi_items() if name != "reason"]
    if not query:
        raise InvalidOption("name the jobs by a filter such as reference or batch")
    wanted = job_filters.read(query, paging=())
    changed = 0
    while jobs := deps.ledger.holds.change_some(
        wanted, tenant=tenant, reason=reason, is_held=is_held
    ):
        changed += len(jobs)
    return JSONResponse({"jobs": changed})
