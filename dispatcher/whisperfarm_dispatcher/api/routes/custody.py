"""`/v1/jobs/{id}/custody`: the chain of custody of a job."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.origin import origin_of
from whisperfarm_dispatcher.custody import job_document

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get("/{job_id}/custody", summary="Get the chain of custody", **endpoints.CUSTODY)
def get_custody(request: Request, deps: Deps, tenant: Tenant, job_id: str) -> JSONResponse:
    """Returns all entries of the job's chain of custody, signed with the farm's key if it has one.

    The chain of a job that was deleted stays.
    """
    sign = request.app.state.sign_custody
    document = job_document(deps.ledger.custody, job_id, tenant=tenant, sign=sign)
    deps.exports.record(job_id, {"what": "custody"}, origin_of(request))
    return JSONResponse(document)
