"""`/v1/jobs/{id}/events`: a job's state and progress as server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from whisperfarm_contract.job import Job
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.api.polls import read_job
from whisperfarm_dispatcher.api.queue_position import queue_position
from whisperfarm_dispatcher.api.responses import job_document
from whisperfarm_dispatcher.dependencies import Dependencies

POLL_S = 1.0
"""Interval at which the ledger is queried for the progress of a job."""

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


async def _job(deps: Deps, tenant: Tenant, job_id: str) -> Job:
    """Return the job. An unknown one is rejected here, before the response starts."""
    return await read_job(deps, job_id, tenant=tenant)


@router.get(
    "/{job_id}/events",
    summary="Follow a job",
    response_class=EventSourceResponse,
    **endpoints.EVENTS,
)
async def follow_job(
    deps: Deps,
    job: Annotated[Job, Depends(_job)],
    last_event_id: Annotated[
        str | None, Header(description="Id of the last event that the client has received.")
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Sends the job whenever its state or its progress changes, and ends when the job has ended.

    The name of an event is the state of the job, its data is the job. A client that reconnects
    with the id of its last event receives the next change, or the job if that is missing.
    """
    async for current in _changes(deps, job, last_event_id):
        yield ServerSentEvent(
            event=current.state,
            id=_event_id(current),
            data=job_document(current, position=await queue_position(deps, current)),
        )


async def _changes(deps: Dependencies, job: Job, last_event_id: str | None) -> AsyncIterator[Job]:
    """Yield the job, and again after each change, until it has ended or the process stops."""
    current = job
    while True:
        if _event_id(current) != last_event_id or current.state.is_final:
            last_event_id = _event_id(current)
            yield current
        if current.state.is_final or deps.shutting_down.is_set():
            return
        await deps.notifications.wait(current.id, POLL_S)
        current = await read_job(deps, current.id, tenant=current.tenant)


def _event_id(job: Job) -> str:
    """Return a text that differs between two snapshots of a job whose change is sent."""
    progress = job.progress
    where = f"{progress.stage}-{progress.fraction:.2f}" if progress else "none"
    return f"{job.attempt}-{job.state}-{where}"
