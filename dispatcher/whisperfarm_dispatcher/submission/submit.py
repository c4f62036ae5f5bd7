"""Submits a job: the one call in which the HTTP API and the AMQP ingress end."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from whisperfarm_contract import job_policy
from whisperfarm_contract.identifiers import audio_key
from whisperfarm_contract.job import Audio, Job
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import ClientError, FarmBusy, StorageFull
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.additions import check as additions_check
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.submission import (
    callback_check,
    checks,
    job_request,
    lane_limits,
    leg_checks,
    probe,
    storage,
    vocabulary,
)
from whisperfarm_dispatcher.submission.daily_quota import NO_KEY, KeyQuota
from whisperfarm_dispatcher.submission.job_ids import new_job_id
from whisperfarm_dispatcher.submission.job_request import JobRequest
from whisperfarm_dispatcher.submission.lazy_file import LazyFile
from whisperfarm_dispatcher.submission.leg_recorder import LegRecorder
from whisperfarm_dispatcher.submission.masking import mask_filename, mask_request
from whisperfarm_dispatcher.submission.probe import Duration
from whisperfarm_dispatcher.submission.storage import StoredAudio
from whisperfarm_store import events
from whisperfarm_store.ledger import Idempotency, Origin

FROM_HTTP = Origin(ingress="http")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A request for a job. `fields` are its options, policy and labels, not yet parsed.

    `fields` may grow while the body is read, because fields of a form may follow the file. None of
    them changes but those that are repeated for each leg, whose records are in `legs`.
    `reply_to` names the broker's queue and exchange that receive the event when the job ends.
    `origin` is where the request came from. `audio_urls` are the addresses that the recording, or
    each leg, comes from, if the farm downloads it: `fields` are complete then. `key` is the
    caller's, with its quota.
    """

    tenant: str
    fields: Mapping[str, Any]
    filename: str = ""
    idempotency_key: str | None = None
    reply_to: Mapping[str, Any] | None = None
    origin: Origin = FROM_HTTP
    audio_urls: Sequence[str] = ()
    legs: LegRecorder = field(default_factory=LegRecorder)
    key: KeyQuota = NO_KEY


async def submit(
    deps: Dependencies,
    request: NewJob,
    body: AsyncIterator[bytes],
    *,
    new_id: Callable[[], str] = new_job_id,
) -> Job:
    """Store the audio in `body` and insert a job for it.

    When this returns, audio and job are durable and the farm will end the job. If the idempotency
    key has a job already, that job is returned. Raises a `ClientError` for invalid options or
    audio, `FarmBusy` above a limit, `StorageFull`, `FarmUnavailable`, and the exceptions of `body`.
    """
    parsed, first_fields = precheck(deps, request), dict(request.fields)
    existing = None
    if not _is_admitted(deps, request, parsed):
        existing = await asyncio.to_thread(_check_ledger, deps, request, parsed)
    if existing is not None:
        log_accepted(existing, request.origin.ingress, is_duplicate=True)
        return existing
    job_id = new_id()
    stored = await storage.store(
        deps.blobs,
        audio_key(request.tenant, job_id),
        body,
        max_bytes=deps.settings.max_upload_bytes,
    )
    if request.fields != first_fields:
        parsed = None
    return await asyncio.to_thread(_insert, deps, request, job_id, stored, parsed)


def _is_admitted(deps: Dependencies, request: NewJob, parsed: JobRequest | None) -> bool:
    """Return whether `_check_ledger` can be omitted, which costs a switch of threads."""
    if request.audio_urls or (parsed and parsed.options.vocabulary):
        return False
    preset = parsed.preset.name if parsed else None
    return deps.backlog.admits(request.tenant, preset=preset, key=request.key)


def _check_ledger(deps: Dependencies, request: NewJob, parsed: JobRequest | None) -> Job | None:
    """Check what the ledger knows before the body is read.

    Returns the job of an earlier request with the same address, whose recording may be gone.
    """
    preset = parsed.preset.name if parsed else None
    deps.backlog.check(request.tenant, request.idempotency_key, preset=preset, key=request.key)
    if parsed is None:
        return None
    vocabulary.resolve(parsed.options, deps.ledger, request.tenant)
    if not request.audio_urls:
        return None
    leg_checks.check_count(parsed.options, len(request.audio_urls))
    known = _idempotency(request, _joined(request.audio_urls), parsed)
    return deps.ledger.jobs.find_submitted(request.tenant, known) if known else None


def _insert(
    deps: Dependencies,
    request: NewJob,
    job_id: str,
    stored: StoredAudio,
    parsed: JobRequest | None,
) -> Job:
    key = audio_key(request.tenant, job_id)
    try:
        parsed = parsed or _parse(deps, request)
        job = _build_job(deps, request, job_id, stored, parsed)
        with deps.backlog.reserve(job, request.idempotency_key, key=request.key):
            key_of_request = _idempotency(
                request, _joined(request.audio_urls) or stored.sha256, parsed
            )
            inserted = deps.ledger.jobs.insert(
                job,
                idempotency=key_of_request,
                origin=request.origin,
                forward=deps.settings.is_forwarded(job),
            )
    except (ClientError, StorageFull, FarmBusy):
        # After any other error the job may have been inserted, and then needs its audio.
        deps.blobs.delete(key)
        raise
    if inserted.id != job_id:
        deps.blobs.delete(key)
    deps.jobs_available.set()
    log_accepted(inserted, request.origin.ingress, is_duplicate=inserted.id != job_id)
    return inserted


def _build_job(
    deps: Dependencies, request: NewJob, job_id: str, stored: StoredAudio, parsed: JobRequest
) -> Job:
    key = audio_key(request.tenant, job_id)
    found = _check_audio(deps, request, key, stored, parsed.options)
    duration = checks.limit_duration(found, max_s=deps.settings.max_audio_s)
    checks.limit_channels(found, parsed.options, max_channel_s=deps.settings.max_channel_s)
    return Job(
        id=job_id,
        tenant=request.tenant,
        state=JobState.QUEUED,
        preset=parsed.preset.name,
        options=vocabulary.resolve(parsed.options, deps.ledger, request.tenant),
        policy=deps.settings.shorten_days(parsed.policy, request.tenant),
        labels=parsed.labels,
        reply_to=request.reply_to,
        key_id=request.key.key_id,
        audio=Audio(
            key=key,
            sha256=stored.sha256,
            inner_sha256=_inner_sha256(request, stored, parsed.options),
            size_bytes=stored.size_bytes,
            filename=mask_filename(request.filename, parsed.options, deps.settings.redaction_kinds),
            duration_s=duration.seconds if duration else None,
            duration_is_estimated=duration.is_estimated if duration else False,
        ),
        created_at=0.0,  # set by the ledger's clock
        max_attempts=deps.settings.max_attempts,
    )


def _inner_sha256(request: NewJob, stored: StoredAudio, options: Options) -> str | None:
    """Return the hash without the outer header, unless the whole body is taken for samples."""
    is_one_file = options.encoding is None and not request.legs.has_several
    return stored.inner_sha256 if is_one_file else None


def _check_audio(
    deps: Dependencies, request: NewJob, key: str, stored: StoredAudio, options: Options
) -> Duration | None:
    received = request.legs.legs
    leg_checks.check_count(options, len(received))
    if request.legs.has_several:
        return leg_checks.measure(
            received,
            options,
            lambda: deps.blobs.open(key),
            max_audio_s=deps.settings.max_audio_s,
        )
    with _open_lazily(deps, key, stored) as file:
        checks.check_format(file, options, size_bytes=stored.size_bytes)
        return probe.duration(file, options, size_bytes=stored.size_bytes)


def _open_lazily(deps: Dependencies, key: str, stored: StoredAudio) -> LazyFile:
    return LazyFile(stored.head, lambda: deps.blobs.open(key), size_bytes=stored.size_bytes)


def precheck(deps: Dependencies, request: NewJob) -> JobRequest | None:
    """Check the fields that precede the file. Returns the parsed request if it is complete.

    Raises a `ClientError`.
    """
    parsed = job_request.precheck(request.fields, deps.presets)
    _check_policy(deps, request, parsed.policy if parsed else job_policy.read(request.fields))
    return parsed and mask_request(parsed, deps.settings.redaction_kinds)


def _parse(deps: Dependencies, request: NewJob) -> JobRequest:
    parsed = job_request.parse(request.fields, deps.presets)
    _check_policy(deps, request, parsed.policy)
    return mask_request(parsed, deps.settings.redaction_kinds)


def _check_policy(deps: Dependencies, request: NewJob, policy: JobPolicy) -> None:
    settings = deps.settings
    lane_limits.check(policy, request.tenant, settings.lane_limits)
    additions_check.check(policy, settings.addition_targets)
    callback_check.check(
        policy, request.tenant, secrets=settings.secrets, allowed=settings.networks
    )


def _joined(urls: Sequence[str]) -> str:
    """Return a text for the addresses, none of which has a space."""
    return " ".join(urls)


def _idempotency(request: NewJob, recording: str, parsed: JobRequest) -> Idempotency | None:
    """Return the key and what it stands for. `recording` is its address, or those of its legs,
    or its hash."""
    if request.idempotency_key is None:
        return None
    records = (parsed.options, parsed.policy, parsed.labels)
    request_parts = (recording, parsed.preset.name, *(record.to_wire() for record in records))
    canonical = json.dumps(request_parts, sort_keys=True)
    fingerprint = sha256(canonical.encode()).hexdigest()
    return Idempotency(key=request.idempotency_key, fingerprint=fingerprint)


def log_accepted(job: Job, ingress: str, *, is_duplicate: bool) -> None:
    """Log that the job was accepted, or that it is the one of an earlier request."""
    events.job.accepted.log(
        job=job.id,
        tenant=job.tenant,
        preset=job.preset,
        ingress=ingress,
        size_bytes=job.audio.size_bytes,
        audio_s=job.audio.duration_s,
        is_duplicate=is_duplicate,
    )
