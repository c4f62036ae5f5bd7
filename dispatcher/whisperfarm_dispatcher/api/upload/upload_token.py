"""Reads the upload token of a request, and whom its job is for."""

import asyncio
from dataclasses import replace

from fastapi import Request

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import ApiKeyNotFound, InvalidUploadToken, UploadTokenUsed
from whisperfarm_dispatcher.api.caller import Caller, refused
from whisperfarm_dispatcher.api.ledger_keys import quota_of
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_store.events.access import RefusalReason
from whisperfarm_store.ledger import (
    UPLOAD_TOKEN,
    ApiKey,
    KeyState,
    KeyText,
    UploadToken,
    parse_key_text,
)

_MISSING = "send the upload token as `Authorization: Bearer wfu_...`"


async def read_token(request: Request, deps: Dependencies) -> UploadToken:
    """Return the token, and set the caller of the request to the one who created it.

    Raises `InvalidUploadToken`, and `UploadTokenUsed` if it has a job.
    """
    _, _, text = request.headers.get("authorization", "").partition(" ")
    parsed = parse_key_text(text.strip(), UPLOAD_TOKEN)
    if parsed is None:
        raise refused(InvalidUploadToken(_MISSING), RefusalReason.MALFORMED)
    token, key = await asyncio.to_thread(_find, deps, parsed)
    if token.is_expired:
        problem = InvalidUploadToken("the upload token has expired; ask for another")
        raise refused(problem, RefusalReason.EXPIRED, tenant=token.grant.tenant)
    request.state.caller = _caller(token, key)
    await check_unused(token, deps)
    return token


async def check_unused(token: UploadToken, deps: Dependencies) -> None:
    """Raise `UploadTokenUsed` if the token has a job."""
    job = await asyncio.to_thread(
        deps.ledger.jobs.find, idempotency_key(token), tenant=token.grant.tenant
    )
    if job is not None:
        raise used(token, job)


def idempotency_key(token: UploadToken) -> str:
    """Return the key by which the token has one job."""
    return f"upload:{token.id}"


def used(token: UploadToken, job: Job) -> UploadTokenUsed:
    """Return the problem of a token that has this job."""
    problem = UploadTokenUsed(f"the upload token was used for job {job.id}; ask for another")
    problem.members = {"job": job.id}
    refused(problem, RefusalReason.USED, key=token.grant.key_id, tenant=token.grant.tenant)
    return problem


def _find(deps: Dependencies, text: KeyText) -> tuple[UploadToken, ApiKey | None]:
    """Return the token, and the key that it was created with if that is one of the ledger."""
    token = deps.ledger.upload_tokens.find(text.id)
    if token is None or not text.has_digest(token.digest):
        raise refused(InvalidUploadToken("unknown upload token"), RefusalReason.UNKNOWN)
    grant = token.grant
    if not grant.key_id or grant.is_subject:
        return token, None
    try:
        key = deps.ledger.api_keys.get(grant.key_id)
    except ApiKeyNotFound:
        key = None
    if key is None or key.state is not KeyState.ACTIVE:
        problem = InvalidUploadToken("the key that the upload token was created with is not valid")
        raise refused(problem, RefusalReason.REVOKED, key=grant.key_id, tenant=grant.tenant)
    return token, key


def _caller(token: UploadToken, key: ApiKey | None) -> Caller:
    grant = token.grant
    caller = Caller(
        tenant=grant.tenant,
        grant="the upload token",
        permissions=frozenset(),
        key_id=grant.key_id,
        is_subject=grant.is_subject,
    )
    if key is None:
        return caller
    return replace(caller, key_name=key.name, quota=quota_of(key))
