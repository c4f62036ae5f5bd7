"""Reads the upload token of a request, and whom its job is for."""

import asyncio
from dataclasses import replace

from fastapi import Request

from whisperfarm_contract.problems import ApiKeyNotFound, InvalidUploadToken
from whisperfarm_dispatcher.api.caller import Caller, refused
from whisperfarm_dispatcher.api.ledger_keys import quota_of
from whisperfarm_dispatcher.api.upload.token_refusal import invalid, used
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_store.events.access import RefusalReason
from whisperfarm_store.ledger import (
    UPLOAD_TOKEN,
    ApiKey,
    KeyState,
    KeyText,
    UploadGrant,
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
    token = await asyncio.to_thread(_find, deps, parsed)
    if token.is_expired:
        raise await invalid(request, deps, token, RefusalReason.EXPIRED)
    key = await asyncio.to_thread(_key_of, deps, token.grant)
    if key is None and _needs_key(token.grant):
        raise await invalid(request, deps, token, RefusalReason.REVOKED)
    request.state.caller = _caller(token, key)
    await check_unused(request, deps, token)
    return token


async def check_unused(request: Request, deps: Dependencies, token: UploadToken) -> None:
    """Raise `UploadTokenUsed` if the token has a job."""
    job = await asyncio.to_thread(
        deps.ledger.jobs.find, idempotency_key(token), tenant=token.grant.tenant
    )
    if job is not None:
        raise await used(request, deps, token, job)


def idempotency_key(token: UploadToken) -> str:
    """Return the key by which the token has one job."""
    return f"upload:{token.id}"


def _find(deps: Dependencies, text: KeyText) -> UploadToken:
    token = deps.ledger.upload_tokens.find(text.id)
    if token is None or not text.has_digest(token.digest):
        raise refused(InvalidUploadToken("unknown upload token"), RefusalReason.UNKNOWN)
    return token


def _needs_key(grant: UploadGrant) -> bool:
    """Return whether the token was created with a key of the ledger."""
    return bool(grant.key_id) and not grant.is_subject


def _key_of(deps: Dependencies, grant: UploadGrant) -> ApiKey | None:
    """Return the key that the token was created with, if it is in the ledger and active."""
    if not _needs_key(grant):
        return None
    try:
        key = deps.ledger.api_keys.get(grant.key_id)
    except ApiKeyNotFound:
        return None
    return key if key.state is KeyState.ACTIVE else None


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
