"""Keyword arguments of each route: its request and responses."""

from typing import Any

from whisperfarm_dispatcher.api.openapi import requests
from whisperfarm_dispatcher.api.openapi.responses import (
    any_format,
    callbacks,
    job,
    jobs,
    json_answer,
    problems,
    transcript,
)

_ALWAYS = (
    "key-missing", "key-wrong", "option-wrong", "too-many-requests", "farm-unavailable",
    "internal-error",
)  # fmt: skip
_UPLOADED = (
    "bad-request", "option-unknown", "model-unknown", "language-unknown", "audio-missing",
    "audio-empty", "audio-too-large", "audio-too-long", "audio-unreadable",
    "address-refused", "idempotency-conflict", "storage-full", "upload-stalled",
    "farm-busy", "tenant-busy",
)  # fmt: skip
_ENDED_BADLY = ("job-cancelled", "attempts-spent", "audio-without-sound", "engine-failed")

_CHECKS = {
    "ledger": {"ok": True, "detail": "the ledger answers"},
    "blobs": {"ok": True, "detail": "blobs can be written"},
    "workers": {"ok": True, "detail": "1 ready, 0 starting"},
}

SUBMIT: dict[str, Any] = {
    "openapi_extra": requests.upload(wait=requests.WAIT, format=requests.FORMAT),
    "responses": {
        202: job("The recording is stored and its job is accepted."),
        200: any_format(),
        **problems(*_ALWAYS, *_UPLOADED, *_ENDED_BADLY, "format-unknown"),
    },
}
LIST: dict[str, Any] = {"responses": {200: jobs(), **problems(*_ALWAYS, "job-unknown")}}
JOB: dict[str, Any] = {
    "responses": {200: job("The job in its current state."), **problems(*_ALWAYS, "job-unknown")},
}
RESULT: dict[str, Any] = {
    "openapi_extra": requests.layout(),
    "responses": {
        200: any_format(),
        **problems(
            *_ALWAYS, *_ENDED_BADLY, "job-unknown", "job-not-finished", "result-expired",
            "format-unknown", "option-unknown", "audio-unreadable",
        ),
    },
}  # fmt: skip
CANCEL: dict[str, Any] = {
    "responses": {
        200: job("The job is cancelled, or it had already ended and is unchanged."),
        202: job("Cancellation is requested; the worker stops the job."),
        **problems(*_ALWAYS, "job-unknown"),
    },
}
CALLBACKS: dict[str, Any] = {
    "responses": {200: callbacks("The job's callbacks."), **problems(*_ALWAYS, "job-unknown")},
}
REPLAY: dict[str, Any] = {
    "responses": {
        202: callbacks("The callbacks, due to be sent again."),
        **problems(*_ALWAYS, "job-unknown", "job-not-finished"),
    },
}
TRANSCRIBE: dict[str, Any] = {
    "openapi_extra": requests.upload(),
    "responses": {200: transcript(), **problems(*_ALWAYS, *_UPLOADED, *_ENDED_BADLY)},
}
SCHEMA: dict[str, Any] = {
    "responses": {200: json_answer("The JSON Schema.", {"type": "object"}, {"type": "object"})},
}
HEALTH: dict[str, Any] = {
    "responses": {200: json_answer("The process is alive.", {"type": "object"}, {"status": "ok"})},
}
READY: dict[str, Any] = {
    "responses": {
        200: json_answer(
            "All checks pass.", {"type": "object"}, {"status": "ready", "checks": _CHECKS}
        ),
        503: {"description": "A check fails; `checks` has the result of each."},
        **problems("option-wrong"),
    },
}
