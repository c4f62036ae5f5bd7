"""`/v1/jobs/{id}/waveform`: the peaks of a recording, to draw it."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from whisperfarm_contract.problems import WaveformNotFound
from whisperfarm_dispatcher.api import results
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_store.peaks import read_peaks

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get("/{job_id}/waveform", summary="Get the waveform", **endpoints.WAVEFORM)
def get_waveform(deps: Deps, tenant: Tenant, job_id: str) -> JSONResponse:
    """Returns the lowest and highest sample of each of up to 2,000 equal parts of the recording.

    They are those of all channels together. The worker stores them with the transcript.
    """
    job = deps.ledger.jobs.get(job_id, tenant=tenant)
    results.check_succeeded(job)
    results.check_kept(job)
    found = read_peaks(deps.blobs, job.result_key or "")
    if found is None:
        raise WaveformNotFound(f"job {job_id} has no waveform; its transcript is complete without")
    return JSONResponse(found.to_wire())
