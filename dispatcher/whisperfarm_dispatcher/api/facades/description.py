"""Building blocks of the OpenAPI descriptions of façades."""

from typing import Any

from whisperfarm_contract import examples
from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_dispatcher.api.errors import ErrorShape
from whisperfarm_dispatcher.api.openapi.endpoints import ALWAYS, NOT_SUCCESSFUL, UPLOAD
from whisperfarm_dispatcher.api.openapi.responses import ResponseSpecs

SUBMIT_AND_WAIT = (*ALWAYS, *UPLOAD, *NOT_SUCCESSFUL, "deadline-exceeded")
"""Names of the problems of a request that waits for the transcript of its recording."""


NO_OTHERS: ResponseSpecs = {"4XX": {"description": "Not used: all errors are described."}}
"""Keeps FastAPI from describing its own error document, which a route's class replaces."""


def errors(shape: ErrorShape, *names: str) -> ResponseSpecs:
    """Describe one response per status, with the problems of these names as examples."""
    responses: ResponseSpecs = {}
    for name in names:
        problem = PROBLEMS[name]()
        status, document = shape(problem, problem.to_wire() | {"job": examples.JOB.id})
        content = responses.setdefault(status, _response(document))["content"]["application/json"]
        content["examples"][name] = {"summary": problem.title(), "value": document}
    return responses


def _response(document: dict[str, Any]) -> dict[str, Any]:
    content = {"schema": {"type": "object", "required": list(document)}, "examples": {}}
    return {"description": "An error.", "content": {"application/json": content}}
