"""The OpenAPI description of a façade's errors."""

from collections.abc import Mapping
from typing import Any

from whisperfarm_contract import examples
from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_dispatcher.api.errors import ErrorShape
from whisperfarm_dispatcher.api.openapi.responses import ResponseSpecs

UPLOAD = (
    "client-error", "invalid-option", "unknown-option", "unknown-model", "unknown-language",
    "missing-audio", "audio-empty", "audio-unreadable", "no-audio-track", "audio-too-large",
    "audio-too-long", "missing-api-key", "invalid-api-key", "permission-denied", "upload-stalled",
    "idempotency-conflict", "job-cancelled", "forbidden-address", "tenant-busy",
    "too-many-requests", "internal-error", "engine-failed", "farm-unavailable", "farm-busy",
    "deadline-exceeded", "storage-full",
)  # fmt: skip
"""Names of the problems of a request that submits a recording and waits for its transcript."""


def describe(
    shape: ErrorShape, schema: Mapping[str, Any], service: str, *names: str
) -> ResponseSpecs:
    """Describe one response per status, with the problems of these names as examples."""
    responses: ResponseSpecs = {}
    for name in names:
        problem = PROBLEMS[name]()
        status, document = shape(problem, problem.to_wire() | {"job": examples.JOB.id})
        content = {"application/json": {"schema": schema, "examples": {}}}
        response = responses.setdefault(
            status, {"description": f"An error, as {service} writes it.", "content": content}
        )
        response["content"]["application/json"]["examples"][name] = {
            "summary": problem.title(),
            "value": document,
        }
    return responses
