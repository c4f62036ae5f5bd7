"""Keyword arguments of each route: its request and responses."""

from typing import Any

from fastapi import Response

from whisperfarm_dispatcher.api.openapi import requests
from whisperfarm_dispatcher.api.openapi.responses import (
    ResponseSpecs,
    additions,
    any_format,
    audit,
    batch,
    callbacks,
    custody,
    difference,
    headers_too_large,
    hold_changes,
    job,
    job_events,
    jobs,
    json_response,
    list_events,
    pauses,
    presets,
    problems,
    recording,
    revision,
    revisions,
    transcript,
    transcript_or_link,
    usage,
    vocabularies,
    vocabulary,
    waveform,
)

ALWAYS = (
    "missing-api-key", "invalid-api-key", "invalid-token", "invalid-certificate",
    "permission-denied", "invalid-option",
    "too-many-requests", "farm-unavailable", "internal-error",
)  # fmt: skip
UPLOAD = (
    "client-error", "unknown-option", "unknown-model", "unknown-language", "unknown-vocabulary",
    "missing-audio", "audio-empty", "audio-too-large", "audio-too-long", "audio-unreadable",
    "forbidden-address", "idempotency-conflict", "storage-full", "upload-stalled",
    "farm-busy", "farm-paused", "tenant-busy",
)  # fmt: skip
NOT_SUCCESSFUL = (
    "job-cancelled",
    "job-not-polled",
    "attempts-exhausted",
    "no-audio-track",
    "engine-failed",
)

_CHANGES_OF_A_TRANSCRIPT = (
    "revision-not-found", "revision-conflict", "invalid-correction", "result-expired",
    "client-error", "audio-too-large", "upload-stalled", "storage-full",
)  # fmt: skip

_CHECKS = {
    "ledger": {"ok": True, "detail": "the ledger answers; nothing is paused"},
    "blobs": {"ok": True, "detail": "blobs can be written"},
    "workers": {"ok": True, "detail": "1 ready, 0 not_ready, 0 draining, 0 silent"},
}
_NO_WORKER = {"ok": False, "detail": "0 ready, 1 not_ready, 0 draining, 0 silent"}

_LINKS = {
    operation: {"operationId": operation, "parameters": {"job_id": "$response.body#/id"}}
    for operation in (
        "get_job",
        "get_result",
        "get_custody",
        "list_additions",
        "get_waveform",
        "list_callbacks",
        "replay_callbacks",
        "cancel_job",
        "retry_job",
    )
}
"""Operations on the job of a response."""

_RECORDING = {200: "The whole recording.", 206: "A part of the recording."}

EVERYWHERE = {**problems("client-error", "farm-unavailable"), **headers_too_large()}
"""Responses to any request: one that is not valid HTTP, too many connections, or large headers."""

SUBMIT: dict[str, Any] = {
    "openapi_extra": requests.upload(
        has_legs=True,
        wait=requests.WAIT,
        format=requests.FORMAT,
        audio_url=requests.AUDIO_URL,
    ),
    "responses": {
        202: {**job("The recording is stored and its job is accepted."), "links": _LINKS},
        200: any_format(),
        **problems(*ALWAYS, *UPLOAD, *NOT_SUCCESSFUL, "unknown-format", "address-unreachable"),
    },
}
LIST: dict[str, Any] = {
    "openapi_extra": requests.job_filters(),
    "responses": {
        200: jobs(),
        **problems(*ALWAYS, "job-not-found", "unknown-option", "client-error"),
    },
}
JOB: dict[str, Any] = {
    "responses": {200: job("The job in its current state."), **problems(*ALWAYS, "job-not-found")},
}
EVENTS: dict[str, Any] = {
    "responses": {200: job_events(), **problems(*ALWAYS, "job-not-found")},
}
LIST_EVENTS: dict[str, Any] = {
    "openapi_extra": requests.job_filters(),
    "responses": {200: list_events(), **problems(*ALWAYS, "unknown-option", "client-error")},
}
RESULT: dict[str, Any] = {
    "openapi_extra": requests.result_options(),
    "responses": {
        200: transcript_or_link(),
        **problems(
            *ALWAYS, *NOT_SUCCESSFUL, "job-not-found", "job-not-finished", "result-expired",
            "revision-not-found", "unknown-format", "unknown-option", "audio-unreadable",
        ),
    },
}  # fmt: skip
_OF_A_TRANSCRIPT = ("job-not-found", "job-not-finished", *NOT_SUCCESSFUL)
REVISIONS: dict[str, Any] = {
    "responses": {200: revisions(), **problems(*ALWAYS, *_OF_A_TRANSCRIPT)},
}
CORRECT: dict[str, Any] = {
    "openapi_extra": requests.correction(),
    "responses": {
        201: revision("The corrected revision."),
        **problems(*ALWAYS, *_OF_A_TRANSCRIPT, *_CHANGES_OF_A_TRANSCRIPT),
    },
}
APPROVE: dict[str, Any] = {
    "openapi_extra": requests.remark(),
    "responses": {
        201: revision("The approved revision."),
        **problems(*ALWAYS, *_OF_A_TRANSCRIPT, *_CHANGES_OF_A_TRANSCRIPT),
    },
}
DIFFERENCE: dict[str, Any] = {
    "responses": {
        200: difference(),
        **problems(*ALWAYS, *_OF_A_TRANSCRIPT, "revision-not-found", "result-expired"),
    },
}
CANCEL: dict[str, Any] = {
    "responses": {
        200: job("The job is cancelled, or it had already ended and is unchanged."),
        **problems(*ALWAYS, "job-not-found"),
    },
}
RETRY: dict[str, Any] = {
    "openapi_extra": requests.IDEMPOTENT,
    "responses": {
        202: {**job("The new job is accepted."), "links": _LINKS},
        **problems(
            *ALWAYS, "client-error", "job-not-found", "job-not-finished", "job-not-retryable",
            "recording-expired", "unknown-model", "unknown-language", "idempotency-conflict",
            "storage-full", "farm-busy", "farm-paused", "tenant-busy",
        ),
    },
}  # fmt: skip
AUDIO: dict[str, Any] = {
    "response_class": Response,
    "responses": {
        **{status: recording(text) for status, text in _RECORDING.items()},
        416: {"description": "The range starts behind the end of the recording."},
        **problems(
            *(*ALWAYS, *_OF_A_TRANSCRIPT, "result-expired"),
            *("recording-expired", "recording-not-redacted", "unknown-option", "invalid-option"),
        ),
    },
}
WAVEFORM: dict[str, Any] = {
    "responses": {
        200: waveform(),
        **problems(*ALWAYS, *_OF_A_TRANSCRIPT, "result-expired", "waveform-not-found"),
    },
}
CUSTODY: dict[str, Any] = {
    "responses": {200: custody(), **problems(*ALWAYS, "job-not-found", "custody-not-found")},
}
ERASE: dict[str, Any] = {
    "responses": {
        200: job("The job, without its recording and transcripts."),
        **problems(*ALWAYS, "job-not-found", "job-not-finished", "job-on-hold"),
    },
}
HOLD: dict[str, Any] = {
    "responses": {200: job("The job."), **problems(*ALWAYS, "job-not-found")},
}
HOLDS: dict[str, Any] = {
    "openapi_extra": requests.job_filters(),
    "responses": {
        200: hold_changes(),
        **problems(*ALWAYS, "unknown-option", "client-error"),
    },
}
BATCH: dict[str, Any] = {
    "responses": {200: batch("The batch."), **problems(*ALWAYS, "batch-not-found")},
}
CANCEL_BATCH: dict[str, Any] = {
    "responses": {
        200: batch("The batch, whose jobs have all ended."),
        **problems(*ALWAYS, "batch-not-found"),
    },
}
PAUSES: dict[str, Any] = {"responses": {200: pauses(), **problems(*ALWAYS)}}
PAUSE: dict[str, Any] = {"responses": {200: pauses(), **problems(*ALWAYS, "unknown-model")}}
RESUME: dict[str, Any] = {"responses": {200: pauses(), **problems(*ALWAYS)}}
AUDIT: dict[str, Any] = {"responses": {200: audit(), **problems(*ALWAYS)}}
USAGE: dict[str, Any] = {"responses": {200: usage(), **problems(*ALWAYS)}}
PRESETS: dict[str, Any] = {"responses": {200: presets(), **problems(*ALWAYS)}}
VOCABULARIES: dict[str, Any] = {"responses": {200: vocabularies(), **problems(*ALWAYS)}}
VOCABULARY: dict[str, Any] = {
    "responses": {200: vocabulary(), **problems(*ALWAYS, "vocabulary-not-found")},
}
PUT_VOCABULARY: dict[str, Any] = {
    "openapi_extra": requests.vocabulary(),
    "responses": {
        200: vocabulary(),
        **problems(*ALWAYS, "client-error", "audio-too-large", "upload-stalled"),
    },
}
DELETE_VOCABULARY: dict[str, Any] = {
    "responses": {
        204: {"description": "The vocabulary is deleted."},
        **problems(*ALWAYS, "vocabulary-not-found"),
    },
}
ADDITIONS: dict[str, Any] = {
    "responses": {200: additions(), **problems(*ALWAYS, *_OF_A_TRANSCRIPT, "result-expired")},
}
CALLBACKS: dict[str, Any] = {
    "responses": {200: callbacks("The job's callbacks."), **problems(*ALWAYS, "job-not-found")},
}
REPLAY: dict[str, Any] = {
    "responses": {
        202: callbacks("The callbacks, due to be sent again."),
        **problems(*ALWAYS, "job-not-found", "job-not-finished"),
    },
}
TRANSCRIBE_RESPONSES: ResponseSpecs = {
    200: transcript(),
    **problems(*ALWAYS, *UPLOAD, *NOT_SUCCESSFUL),
}
"""Responses of `/transcribe` to clients of the farm's own API."""

SCHEMA: dict[str, Any] = {
    "responses": {
        200: json_response(
            "The JSON Schema.", {"type": "object"}, {"type": "object"}, "application/schema+json"
        )
    },
}
HEALTH: dict[str, Any] = {
    "responses": {
        200: json_response("The process is alive.", {"type": "object"}, {"status": "ok"})
    },
}
READY: dict[str, Any] = {
    "responses": {
        200: json_response(
            "All checks pass.", {"type": "object"}, {"status": "ready", "checks": _CHECKS}
        ),
        503: json_response(
            "A check fails; `checks` has the result of each.",
            {"type": "object"},
            {"status": "not ready", "checks": {**_CHECKS, "workers": _NO_WORKER}},
        ),
        **problems("invalid-option"),
    },
}
