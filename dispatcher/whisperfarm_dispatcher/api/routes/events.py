"""`/v1/jobs/{id}/events`: a job's state, progress and partial text as server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from whisperfarm_contract.job import Job
from whisperfarm_contract.partial_segments import PartialSegment
from whisperfarm_contract.permissions import Permission
from whisperfarm_contract.problems import Problem
from whisperfarm_dispatcher.api import partials
from whisperfarm_dispatcher.api.auth import Deps, PermissionCheck, Tenant
from whisperfarm_dispatcher.api.caller import caller_of
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
    request: Request,
    deps: Deps,
    job: Annotated[Job, Depends(_job)],
    last_event_id: Annotated[
        str | None, Header(description="Id of the last event that the client has received.")
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Sends the job whenever its state or its progress changes, and ends when the job has ended.

    The name of an event is the state of the job, its data is the job. A client that reconnects
    with the id of its last event receives the next change, or the job if that is missing. With the
    permission `read:transcriptions`, the member `partial` has text decided since the last event.
    """
    may_read = Permission.READ_TRANSCRIPTIONS in caller_of(request).permissions
    check = PermissionCheck(request)
    async for event in _changes(deps, job, last_event_id, may_read=may_read):
        try:
            await check()
        except Problem:  # the client learns why when it connects again
            return
        yield event


async def _changes(
    deps: Dependencies, current: Job, last_event_id: str | None, *, may_read: bool
) -> AsyncIterator[ServerSentEvent]:
    """Yield the job, and again after each change, until it has ended or the process stops."""
    sent, cursor = partials.split_event_id(last_event_id)
    seen = None
    decided: Sequence[PartialSegment] = []
    while True:
        snapshot = _snapshot(current)
        if may_read and snapshot != seen:
            decided = await asyncio.to_thread(partials.read, deps.blobs, current)
        seen = snapshot
        cursor, partial = partials.advance(current, cursor, decided)
        if partial or snapshot != sent or current.state.is_final:
            sent = snapshot
            yield await _event(deps, current, f"{snapshot}/{cursor}", partial)
        if current.state.is_final or deps.shutting_down.is_set():
            return
        if cursor.sent >= len(decided):
            await deps.notifications.wait(current.id, POLL_S)
            current = await read_job(deps, current.id, tenant=current.tenant)


async def _event(
    deps: Dependencies, job: Job, event_id: str, partial: dict[str, Any] | None
) -> ServerSentEvent:
    document = job_document(job, position=await queue_position(deps, job))
    data = document if partial is None else {**document, "partial": partial}
    return ServerSentEvent(event=job.state, id=event_id, data=data)


def _snapshot(job: Job) -> str:
    """Return a text that differs between two snapshots of a job whose change is sent."""
    progress = job.progress
    where = f"{progress.stage}-{progress.fraction:.2f}" if progress else "none"
    return f"{job.attempt}-{job.state}-{where}"
