"""`/v1/jobs/{id}/additions`: the analyses of a transcript that are kept beside it."""

import json
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from whisperfarm_contract.additions import PROTOCOL
from whisperfarm_contract.identifiers import addition_key
from whisperfarm_contract.job import to_rfc3339
from whisperfarm_dispatcher.additions.request import revision_of
from whisperfarm_dispatcher.api import results
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_store.blobs import BlobNotFound, Blobs
from whisperfarm_store.ledger import Callback

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get("/{job_id}/additions", summary="List additions", **endpoints.ADDITIONS)
def list_additions(deps: Deps, tenant: Tenant, job_id: str) -> JSONResponse:
    """Returns the additions of each revision, the oldest first, with the `value` of those made.

    There are none before the job has succeeded. `POST /v1/jobs/{id}/callbacks` makes them again.
    """
    job = deps.ledger.jobs.get(job_id, tenant=tenant)
    results.check_succeeded(job)
    results.check_kept(job)
    asked = [
        callback
        for callback in deps.ledger.callbacks.list_for_job(job_id, tenant=tenant)
        if callback.protocol == PROTOCOL
    ]
    asked.sort(key=lambda one: (revision_of(one), one.address))
    return JSONResponse({"additions": [_to_wire(one, deps.blobs) for one in asked]})


def _to_wire(callback: Callback, blobs: Blobs) -> dict[str, Any]:
    return {
        "name": callback.address,
        "revision": revision_of(callback),
        "state": "made" if callback.state == "delivered" else callback.state,
        "tries": callback.tries,
        "last_error": callback.last_error,
        "created_at": to_rfc3339(callback.created_at),
        "finished_at": to_rfc3339(callback.finished_at),
        "value": _value(callback, blobs),
    }


def _value(callback: Callback, blobs: Blobs) -> Any:
    if callback.state != "delivered":
        return None
    revision, name = revision_of(callback), callback.address
    try:
        with blobs.open(addition_key(callback.tenant, callback.job_id, revision, name)) as file:
            return json.load(file)
    except BlobNotFound:
        return None  # retention deleted it in the meantime
