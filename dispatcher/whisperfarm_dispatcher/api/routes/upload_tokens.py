"""`/v1/upload-tokens` and `/v1/uploads`: a caller permits one upload to a device without a key."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from whisperfarm_contract.field_types import JsonObject
from whisperfarm_contract.job import to_rfc3339
from whisperfarm_contract.problems import ClientError, IdempotencyConflict, InvalidOption
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.caller import caller_of
from whisperfarm_dispatcher.api.openapi import upload_tokens as described
from whisperfarm_dispatcher.api.origin import origin_of
from whisperfarm_dispatcher.api.upload.form_fields import FormFields
from whisperfarm_dispatcher.api.upload.small_body import read_text
from whisperfarm_dispatcher.api.upload.token_refusal import used
from whisperfarm_dispatcher.api.upload.upload import open_upload, read_body
from whisperfarm_dispatcher.api.upload.upload_token import (
    check_unused,
    idempotency_key,
    read_token,
)
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_dispatcher.submission import job_request
from whisperfarm_dispatcher.submission.filenames import base_name
from whisperfarm_dispatcher.submission.job_ids import new_job_id
from whisperfarm_dispatcher.submission.masking import mask_fields
from whisperfarm_dispatcher.submission.submit import NewJob, precheck, submit
from whisperfarm_store.ledger import DAY_S, UploadGrant

router = APIRouter(prefix="/v1", tags=["uploads"])

DEFAULT_EXPIRES_S = 900.0
MAX_BODY_BYTES = 64 << 10
_BODY = JsonObject(max_bytes=MAX_BODY_BYTES, max_depth=6)


@router.post(
    "/upload-tokens", status_code=201, summary="Create an upload token", **described.CREATE
)
async def create_upload_token(request: Request, deps: Deps, tenant: Tenant) -> JSONResponse:
    """Creates a token that permits one upload, and returns it once.

    Options, policy and labels of the job are chosen here, and the upload cannot change them. The
    token is worth nothing else: it reads no job. It ends with the key that created it.
    """
    text = await read_text(read_body(request, deps.settings), max_bytes=MAX_BODY_BYTES)
    fields, expires_in_s = _read(text, deps.settings)
    parsed = precheck(deps, NewJob(tenant=tenant, fields=fields))
    if parsed is None:  # what is missing cannot follow: an upload adds no options
        parsed = job_request.parse(fields, deps.presets)
    fields = mask_fields(fields, parsed)
    caller = caller_of(request)
    grant = UploadGrant(
        tenant=tenant, fields=fields, key_id=caller.key_id, is_subject=caller.is_subject
    )
    token, secret = await asyncio.to_thread(
        deps.ledger.upload_tokens.create,
        grant,
        expires_in_s=expires_in_s,
        by=caller.at(request),
    )
    content = {"token": secret.text, "expires_at": to_rfc3339(token.expires_at)}
    return JSONResponse(content, status_code=201, headers={"Cache-Control": "no-store"})


@router.post("/uploads", status_code=202, summary="Upload with a token", **described.UPLOAD)
async def upload(request: Request, deps: Deps) -> JSONResponse:
    """Makes the job of an upload token with a recording: a form with a file, or the body itself.

    The token is sent as `Authorization: Bearer wfu_...`. The answer has the id of the job.
    """
    token = await read_token(request, deps)
    form = FormFields({"filename": str})
    filename, audio = await open_upload(request, form, deps.settings)
    job_id = new_job_id()
    new_job = NewJob(
        tenant=token.grant.tenant,
        fields=token.grant.fields,
        filename=base_name(filename),
        idempotency_key=idempotency_key(token),
        origin=origin_of(request),
        key=caller_of(request).key_quota,
    )
    try:
        job = await submit(deps, new_job, _without_options(audio, form), new_id=lambda: job_id)
    except IdempotencyConflict:
        await check_unused(request, deps, token)
        raise
    if job.id != job_id:  # another upload with the token was faster
        raise await used(request, deps, token, job)
    request.state.job = job.id  # for the access log
    return JSONResponse({"id": job.id, "state": job.state.value}, status_code=202)


async def _without_options(audio: AsyncIterator[bytes], form: FormFields) -> AsyncIterator[bytes]:
    """Yield the recording. Raises `InvalidOption` for options, before it or behind it."""
    _check_no_options(form)
    async for block in audio:
        yield block
    _check_no_options(form)


def _check_no_options(form: FormFields) -> None:
    if form.options:
        name = next(iter(form.options))
        raise InvalidOption(f"{name}: the options of an upload are those of its token; omit it")


def _read(text: str, settings: DispatcherSettings) -> tuple[Mapping[str, Any], float]:
    """Return the fields of the job and the lifetime of the token. Raises `ClientError`."""
    try:
        raw = dict(_BODY.read(text or "{}"))
    except ValueError as error:
        raise ClientError(f"the body is not valid: {error}") from None
    fields, expires_in_s = raw.get("fields", {}), raw.get("expires_in_s", DEFAULT_EXPIRES_S)
    # Later, the farm may have forgotten that the token was used.
    max_s = DAY_S * min(1.0, settings.idempotency_days)
    if not isinstance(fields, dict):
        raise ClientError("fields must be an object with options, policy and labels of the job")
    if type(expires_in_s) not in (int, float) or not 1 <= expires_in_s <= max_s:
        raise ClientError(f"expires_in_s: send a number of seconds from 1 to {max_s:.0f}")
    return fields, float(expires_in_s)
