"""`/v1/jobs/{id}/forward`: what was sent of a job to the hub, and what came of it."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from whisperfarm_contract.job import to_rfc3339
from whisperfarm_contract.problems import ForwardNotFound
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import transfers as described

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get("/{job_id}/forward", summary="Get the forward of a job", **described.FORWARD)
def get_forward(deps: Deps, tenant: Tenant, job_id: str) -> JSONResponse:
    """Returns how far the job is on its way to the hub farm and back.

    `problem` is why the hub refused it or failed; nothing more is sent then.
    """
    forward = deps.ledger.forwards.find(job_id, tenant=tenant)
    if forward is None:
        raise ForwardNotFound(f"job {job_id} is not sent to a hub")
    return JSONResponse(
        {
            "state": forward.state.value,
            "sent_bytes": forward.sent_bytes,
            "tries": forward.tries,
            "hub_job": forward.hub_job,
            "problem": forward.problem,
            "last_error": forward.last_error,
            "next_at": to_rfc3339(forward.next_at),
            "sent_at": to_rfc3339(forward.sent_at),
            "finished_at": to_rfc3339(forward.finished_at),
        }
    )
