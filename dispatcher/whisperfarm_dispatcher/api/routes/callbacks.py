"""`/v1/jobs/{id}/callbacks`: how it went to tell of a job's end, and telling once more."""

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


@router.get("/{job_id}/callbacks", summary="Look at a job's callbacks", **endpoints.CALLBACKS)
def look(parts: WithParts, tenant: Tenant, job_id: str) -> JSONResponse:
    """Who is told of the job's end, and how that went. There are none before it has ended."""
    return _answer(parts.ledger.callbacks(job_id, tenant=tenant))


@router.post(
    "/{job_id}/callbacks", status_code=202, summary="Send callbacks again", **endpoints.REPLAY
)
def replay(parts: WithParts, tenant: Tenant, job_id: str) -> JSONResponse:
    """Sends all callbacks of the job once more, with the ids that they had.

    An address that had answered 410 is tried as well, and gets callbacks again if it takes this
    one.
    """
    job = parts.ledger.get(job_id, tenant=tenant)
    if not job.state.is_final:
        raise JobNotFinished(
            f"the job {job_id} is {job.state.value}: there is nothing to tell yet",
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
