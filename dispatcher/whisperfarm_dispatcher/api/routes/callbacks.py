"""`/v1/jobs/{id}/callbacks`: list the callbacks of a job, and send them again."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from whisperfarm_contract.job import to_rfc3339
from whisperfarm_contract.problems import JobNotFinished
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.results import RETRY_AFTER_S
from whisperfarm_store.ledger import Callback

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get("/{job_id}/callbacks", summary="List a job's callbacks", **endpoints.CALLBACKS)
def list_callbacks(deps: Deps, tenant: Tenant, job_id: str) -> JSONResponse:
    """Returns the job's callbacks and the outcome of the last try of each.

    A job has no callbacks before it ends.
    """
    return _response(deps.ledger.callbacks.list_for_job(job_id, tenant=tenant))


@router.post("/{job_id}/callbacks", status_code=202, summary="Resend callbacks", **endpoints.REPLAY)
def replay_callbacks(deps: Deps, tenant: Tenant, job_id: str) -> JSONResponse:
    """Sends all callbacks of an ended job again, with the same ids.

    This includes receivers that have answered 410. If such a receiver accepts the callback, it
    receives callbacks of later jobs again.
    """
    job = deps.ledger.jobs.get(job_id, tenant=tenant)
    if not job.state.is_final:
        raise JobNotFinished(
            f"job {job_id} is {job.state.value} and has no callbacks yet; retry once it has ended",
            retry_after_s=RETRY_AFTER_S,
        )
    return _response(deps.ledger.callbacks.replay(job_id, tenant=tenant), status=202)


def _response(callbacks: list[Callback], *, status: int = 200) -> JSONResponse:
    return JSONResponse({"callbacks": [_to_wire(one) for one in callbacks]}, status)


def _to_wire(callback: Callback) -> dict[str, Any]:
    return {
        "id": callback.id,
        "protocol": callback.protocol,
        "address": callback.address,
        "event": callback.event,
        "state": callback.state,
        "tries": callback.tries,
        "last_status": callback.last_status,
        "last_error": callback.last_error,
        "created_at": to_rfc3339(callback.created_at),
        "next_at": to_rfc3339(callback.next_at),
        "finished_at": to_rfc3339(callback.finished_at),
    }
