"""`/v1/batches`: the progress of jobs that were submitted as one batch, and the end of all."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from whisperfarm_contract.job import to_rfc3339
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_store.ledger import Batch

router = APIRouter(prefix="/v1/batches", tags=["jobs"])


@router.get("/{batch_id}", summary="Get a batch", **endpoints.BATCH)
def get_batch(deps: Deps, tenant: Tenant, batch_id: str) -> JSONResponse:
    """Returns how many of the jobs that were submitted with this `batch` are in each state.

    Jobs that passed their retention period are not counted any more. A batch without jobs does not
    exist.
    """
    return JSONResponse(_to_wire(deps.ledger.batches.get(batch_id, tenant=tenant)))


@router.delete("/{batch_id}", summary="Cancel a batch", **endpoints.CANCEL_BATCH)
def cancel_batch(deps: Deps, tenant: Tenant, batch_id: str) -> JSONResponse:
    """Cancels all jobs of the batch that have not ended, and returns the batch.

    The others are unchanged. If the request breaks off, send it again: it cancels the rest. A job
    that is submitted afterwards is not cancelled.
    """
    while not (batch := deps.ledger.batches.get(batch_id, tenant=tenant)).is_finished:
        while cancelled := deps.ledger.batches.cancel_some(batch_id, tenant=tenant):
            for job in cancelled:
                deps.notifications.notify(job.id)
    return JSONResponse(_to_wire(batch))


def _to_wire(batch: Batch) -> dict[str, Any]:
    counts = {state.value: count for state, count in batch.jobs.items()}
    quoted_id = quote(batch.id, safe="")
    return {
        "id": batch.id,
        "jobs": {"total": sum(counts.values()), **counts},
        "audio_s": {
            "total": round(batch.audio_s, 3),
            "transcribed": round(batch.transcribed_s, 3),
        },
        "created_at": to_rfc3339(batch.created_at),
        "changed_at": to_rfc3339(batch.changed_at),
        "links": {
            "self": f"/v1/batches/{quoted_id}",
            "jobs": f"/v1/jobs?batch={quoted_id}",
        },
    }
