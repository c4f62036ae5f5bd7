"""Requests that submit a recording and wait for its transcript."""

import asyncio

from fastapi import Request

from whisperfarm_contract.job import Job
from whisperfarm_contract.links import job_path
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_contract.transcript import Transcript
from whisperfarm_dispatcher.api import results
from whisperfarm_dispatcher.api.wait import CallerDisconnected, wait_until_finished
from whisperfarm_dispatcher.dependencies import Dependencies

RETRY_AFTER_S = 5
"""`Retry-After` of a dispatcher that is stopping: another one should have started by then."""


async def finished_job(request: Request, deps: Dependencies, job: Job) -> Job:
    """Return the job once it has ended.

    If the client disconnects, the job is cancelled, unless it can still be of use: the request has
    an idempotency key or the job a callback. Then it raises `CallerDisconnected`. It raises
    `FarmUnavailable` if the dispatcher stops.
    """
    try:
        finished = await wait_until_finished(request, deps, job, timeout_s=None)
    except CallerDisconnected:
        if job.policy.callback_url is None and "idempotency-key" not in request.headers:
            await asyncio.to_thread(deps.ledger.jobs.request_cancel, job.id, tenant=job.tenant)
            deps.notifications.notify(job.id)
        raise
    if not finished.state.is_final:
        raise FarmUnavailable(
            f"the dispatcher is stopping while job {job.id} continues; get its transcript from"
            f" {job_path(job)}/result",
            retry_after_s=RETRY_AFTER_S,
        )
    return finished


async def finished_transcript(request: Request, deps: Dependencies, job: Job) -> Transcript:
    """Return the job's transcript once it has ended. Raises like `finished_job`, and the problem
    of a job that did not succeed."""
    finished = await finished_job(request, deps, job)
    return await asyncio.to_thread(default_transcript, deps, finished)


def default_transcript(deps: Dependencies, job: Job) -> Transcript:
    """Return the default revision of a job's transcript. Raises the problem of a job without."""
    return results.transcript(deps.blobs, job, results.choose_revision(deps.ledger, job))
