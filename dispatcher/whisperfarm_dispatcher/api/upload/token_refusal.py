"""How the upload with a known token is refused: logged, and once in the audit log."""

from fastapi import Request

from whisperfarm_contract.audit import Actor
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import InvalidUploadToken, Problem, UploadTokenUsed
from whisperfarm_dispatcher.api.caller import refused
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.submission.threads import run_in_thread
from whisperfarm_store.events.access import RefusalReason
from whisperfarm_store.ledger import UploadToken

_INVALID = {
    RefusalReason.EXPIRED: "the upload token has expired; ask for another",
    RefusalReason.REVOKED: "the key that the upload token was created with is not valid",
}


async def invalid(
    request: Request, deps: Dependencies, token: UploadToken, reason: RefusalReason
) -> Problem:
    """Return the problem of a token that has expired, or whose key was revoked."""
    return await _refused(request, deps, token, InvalidUploadToken(_INVALID[reason]), reason)


async def used(request: Request, deps: Dependencies, token: UploadToken, job: Job) -> Problem:
    """Return the problem of a token that has this job."""
    problem = UploadTokenUsed(f"the upload token was used for job {job.id}; ask for another")
    problem.members = {"job": job.id}
    return await _refused(request, deps, token, problem, RefusalReason.USED)


async def _refused(
    request: Request,
    deps: Dependencies,
    token: UploadToken,
    problem: Problem,
    reason: RefusalReason,
) -> Problem:
    if token.audits_refusal:
        address = request.client.host if request.client else ""
        by = Actor(f"upload-token:{token.id}", address)
        await run_in_thread(deps.ledger.upload_tokens.record_refusal, token, reason.value, by)
    return refused(problem, reason, key=token.grant.key_id, tenant=token.grant.tenant)
