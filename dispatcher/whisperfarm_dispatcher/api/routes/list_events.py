"""`/v1/jobs/events`: changes of the states of a tenant's jobs as server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from whisperfarm_contract import job_wire
from whisperfarm_contract.problems import Problem, TooManyRequests
from whisperfarm_dispatcher.api import job_filters
from whisperfarm_dispatcher.api.auth import CHECK_S, Author, Deps, PermissionCheck, Tenant
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_store.ledger import JobFilter
from whisperfarm_store.notifications import Followed

MAX_STREAMS = 20
"""Most streams of a caller at a dispatcher."""

"""Interval at which the permission is checked again, as long as a key may be cached."""

_BATCH_SIZE = 100
REFRESH, UNLISTED = "refresh", "unlisted"

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


async def _wanted(request: Request) -> JobFilter:
    return job_filters.read(request.query_params.multi_items(), paging=())


async def _followed(deps: Deps, tenant: Tenant, author: Author) -> AsyncIterator[Followed]:
    if deps.changes.count(tenant, author) >= MAX_STREAMS:
        raise TooManyRequests(
            f"this caller has {MAX_STREAMS} streams of events open; close one", retry_after_s=5
        )
    with deps.changes.follow(tenant, author) as followed:
        yield followed


@router.get(
    "/events",
    summary="Follow jobs",
    response_class=EventSourceResponse,
    **endpoints.LIST_EVENTS,
)
async def follow_jobs(
    request: Request,
    deps: Deps,
    wanted: Annotated[JobFilter, Depends(_wanted)],
    followed: Annotated[Followed, Depends(_followed)],
) -> AsyncIterator[ServerSentEvent]:
    """Sends each of the tenant's jobs that match the filters when its state changes.

    The name of an event is the state of the job, its data is the job. `unlisted` has the `id` of a
    job that the filters `state` and `approval` no longer match. `refresh` comes first, also after a
    reconnection, and when a slow client has missed changes: the client then reads the list.
    No event follows an approval alone.
    """
    check = PermissionCheck(request)
    try:
        while not deps.shutting_down.is_set():
            await check()
            is_incomplete, changed = await followed.take(CHECK_S / 2)
            if is_incomplete:
                yield ServerSentEvent(event=REFRESH, data={})
            for ids in _batches(changed):
                for event in await asyncio.to_thread(_events, deps, followed.tenant, ids, wanted):
                    yield event
    except Problem:  # the client learns why when it connects again
        return


def _batches(job_ids: list[str]) -> Iterator[list[str]]:
    rest = iter(job_ids)
    while ids := list(islice(rest, _BATCH_SIZE)):
        yield ids


def _events(
    deps: Dependencies, tenant: str, ids: list[str], wanted: JobFilter
) -> list[ServerSentEvent]:
    in_any_state = replace(wanted, state=None, approval=None)
    jobs = deps.ledger.jobs.matching(ids, tenant=tenant, wanted=in_any_state)
    return [
        ServerSentEvent(event=job.state, data=job_wire.to_wire(job))
        if wanted.state in (None, job.state) and wanted.approval in (None, job.approval)
        else ServerSentEvent(event=UNLISTED, data={"id": job.id})
        for job in jobs
    ]
