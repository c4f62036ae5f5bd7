"""Submits a job: the one call in which the HTTP API and the AMQP ingress end."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from whisperfarm_contract import job_policy
from whisperfarm_contract.identifiers import audio_key
from whisperfarm_contract.job import Audio, Job
from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.problems import BadRequest, FarmBusy, StorageFull
from whisperfarm_contract.states import State
from whisperfarm_dispatcher.dependencies import Parts
from whisperfarm_dispatcher.submission import callback_check, checks, job_request, probe, storage
from whisperfarm_dispatcher.submission.job_ids import new_job_id
from whisperfarm_dispatcher.submission.lazy_file import LateOpen
from whisperfarm_dispatcher.submission.storage import Stored
from whisperfarm_store import events
from whisperfarm_store.ledger import Idempotency


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A request for a job. `fields` are its options and policy, not yet parsed.

    `fields` may grow while the body is read, because fields of a form may follow the file. `reply`
    names the broker's queue and exchange that receive the event when the job ends. `door` is the
    ingress of the request.
    """

    tenant: str
    fields: Mapping[str, Any]
    filename: str = ""
    idempotency_key: str | None = None
    reply: Mapping[str, Any] | None = None
    door: str = "http"


async def accept(
    parts: Parts,
    request: NewJob,
    body: AsyncIterator[bytes],
    *,
    new_id: Callable[[], str] = new_job_id,
) -> Job:
    """Store the audio in `body` and insert a job for it.

    When this returns, audio and job are durable and the farm will end the job. If the idempotency
    key has a job already, that job is returned. Raises a `BadRequest` for invalid options or audio,
    `FarmBusy` above a limit, `StorageFull`, `FarmUnavailable`, and the exceptions of `body`.
    """
    job_request.glance(request.fields, parts.served)
    _check_terms(parts, request, job_policy.read(request.fields))
    await asyncio.to_thread(parts.backlog.check, request.tenant, request.idempotency_key)
    job_id = new_id()
    stored = await storage.store(
        parts.blobs,
        audio_key(request.tenant, job_id),
        body,
        max_bytes=parts.settings.max_upload_bytes,
    )
    return await asyncio.to_thread(_enter, parts, request, job_id, stored)


def _enter(parts: Parts, request: NewJob, job_id: str, stored: Stored) -> Job:
    key = audio_key(request.tenant, job_id)
    try:
        job = _draft(parts, request, job_id, stored)
        with parts.backlog.room_for(job, request.idempotency_key):
            entered = parts.ledger.insert(job, idempotency=_idempotency(request, job))
    except (BadRequest, StorageFull, FarmBusy):
        # After any other error the job may have been inserted, and then needs its audio.
        parts.blobs.delete(key)
        raise
    if entered.id != job_id:
        parts.blobs.delete(key)
    parts.work.set()
    _log(entered, request.door, is_duplicate=entered.id != job_id)
    return entered


def _draft(parts: Parts, request: NewJob, job_id: str, stored: Stored) -> Job:
    taken = job_request.take(request.fields, parts.served)
    _check_terms(parts, request, taken.terms)
    checks.check_kind(stored.head, taken.options)
    key = audio_key(request.tenant, job_id)
    with _reopened(parts, key, stored) as file:
        seconds = probe.seconds(file, taken.options, size_bytes=stored.size_bytes)
    checks.check_length(seconds, longest_s=parts.settings.max_audio_s)
    return Job(
        id=job_id,
        tenant=request.tenant,
        state=State.QUEUED,
        preset=taken.preset.name,
        options=taken.options,
        terms=taken.terms,
        reply=request.reply,
        audio=Audio(
            key=key,
            sha256=stored.sha256,
            size_bytes=stored.size_bytes,
            filename=request.filename,
            seconds=seconds,
        ),
        created_at=0.0,  # set by the ledger's clock
        max_attempts=parts.settings.max_attempts,
    )


def _reopened(parts: Parts, key: str, stored: Stored) -> LateOpen:
    return LateOpen(stored.head, lambda: parts.blobs.open(key), size_bytes=stored.size_bytes)


def _check_terms(parts: Parts, request: NewJob, wanted: Terms) -> None:
    settings = parts.settings
    callback_check.check(
        wanted, request.tenant, secrets=settings.secrets, allowed=settings.networks
    )


def _idempotency(request: NewJob, job: Job) -> Idempotency | None:
    if request.idempotency_key is None:
        return None
    parts = (job.audio.sha256, job.preset, job.options.to_wire(), job.terms.to_wire())
    asked = json.dumps(parts, sort_keys=True)
    fingerprint = sha256(asked.encode()).hexdigest()
    return Idempotency(key=request.idempotency_key, fingerprint=fingerprint)


def _log(job: Job, ingress: str, *, is_duplicate: bool) -> None:
    events.job.accepted.log(
        job=job.id,
        tenant=job.tenant,
        preset=job.preset,
        ingress=ingress,
        size_bytes=job.audio.size_bytes,
        audio_s=job.audio.seconds,
        is_duplicate=is_duplicate,
    )
