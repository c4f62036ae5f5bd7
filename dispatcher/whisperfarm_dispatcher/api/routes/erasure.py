"""`/v1/jobs/{id}/content`: the erasure of what a job has stored."""

from fastapi import APIRouter
from fastapi.responses import Response

from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.reason import Reason
from whisperfarm_dispatcher.api.responses import job_response
from whisperfarm_dispatcher.maintenance.erasure import erase

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.delete("/{job_id}/content", summary="Erase a job's content", **endpoints.ERASE)
def erase_job(deps: Deps, tenant: Tenant, job_id: str, reason: Reason) -> Response:
    """Deletes the recording and all transcripts of a job that has ended, at once.

    The job itself stays. Its chain of custody gets an entry for each deletion, with the reason. If
    the request breaks off, the farm completes what it has begun.
    """
    return job_response(erase(deps.ledger, deps.blobs, job_id, tenant=tenant, reason=reason))
