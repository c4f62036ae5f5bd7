"""`/page/batches`: the batches of a tenant, and one with its failures."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from whisperfarm_contract import job_wire
from whisperfarm_contract.job_labels import MAX_BATCH_CHARS
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.page.page_route import PageRoute
from whisperfarm_dispatcher.page.rendering import render
from whisperfarm_store.ledger import JobFilter

router = APIRouter(prefix="/page/batches", include_in_schema=False, route_class=PageRoute)

PAGE_SIZE = 50
MAX_FAILURES = 100

BatchId = Annotated[str, Query(max_length=MAX_BATCH_CHARS)]


@router.get("")
def batches_page(request: Request, deps: Deps, tenant: Tenant, before: BatchId = "") -> Response:
    """Returns a page of batches, those with the newest jobs first."""
    found = deps.ledger.batches.list(tenant, limit=PAGE_SIZE + 1, before=before or None)
    return render(
        request,
        "batches.html",
        batches=found[:PAGE_SIZE],
        has_older=len(found) > PAGE_SIZE,
        is_first=not before,
        states=list(JobState),
    )


@router.get("/batch")
def batch_page(request: Request, deps: Deps, tenant: Tenant, id: BatchId) -> Response:
    """Returns the page of one batch."""
    wanted = JobFilter(batch=id, state=JobState.FAILED)
    failed = deps.ledger.jobs.list_for_tenant(tenant, wanted=wanted, limit=MAX_FAILURES)
    return render(
        request,
        "batch.html",
        batch=deps.ledger.batches.get(id, tenant=tenant),
        failures=[job_wire.to_wire(job) for job in failed],
        states=list(JobState),
    )
