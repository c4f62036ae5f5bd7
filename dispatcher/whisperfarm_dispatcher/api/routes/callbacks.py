"""`/v1/jobs/{id}/callbacks`: list the callbacks of a job, and send them again."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from whisperfarm_contract.job import iso
from whisperfarm_contract.problems import JobNotFinished
from whisperfarm_dispatcher.api.auth import Tenant, WithParts
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.results import ASK_AGAIN_S
from whisperfarm_store.ledger import Callback

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get("/{job_id}/callbacks", summary="List a job's callbacks", **endpoints.CALLBACKS)
def look(parts: WithParts, tenant: Tenant, job_id: str) -> JSONResponse:
    """Returns the job's callbacks and the outcome of the last try of each.

    A job has no callbacks before it ends.
    """
    return _answer(parts.ledger.callbacks(job_id, tenant=tenant))


@router.post("/{job_id}/callbacks", status_code=202, summary="Resend callbacks", **endpoints.REPLAY)
def replay(parts: WithParts, tenant: Tenant, job_id: str) -> JSONResponse:
    """Sends all callbacks of an ended job again, with the same ids.

    This includes receivers that have answered 410. If such a receiver accepts the callback, it
    receives callbacks of later jobs again.
    """
    job = parts.ledger.get(job_id, tenant=tenant)
    if not job.state.is_final:
        raise JobNotFinished(
            f"job {job_id} is {job.state.value} and has no callbacks yet; retry once it has ended",
            retry_after_s=ASK_AGAIN_S,
        )
    return _answer(parts.ledger.replay_callbacks(job_id, tenant=tenant), status=202)


def _answer(callbacks: list[Callback], *, status: int = 200) -> JSONResponse:
    return JSONResponse({"callbacks": [_document(one) for one in callbacks]}, status)


def _document(callback: Callback) -> dict[str, Any]:
    return {
        "id": callback.id,
        "kind": callback.kind,
        "address": callback.address,
        "event": callback.event,
        "state": callback.state,
        "tries": callback.tries,
        "last_status": callback.last_status,
        "last_error": callback.last_error,
        "created_at": iso(callback.created_at),
        "next_at": iso(callback.next_at),
        "ended_at": iso(callback.ended_at),
    }
