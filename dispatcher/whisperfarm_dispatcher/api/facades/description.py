"""Building blocks of the OpenAPI descriptions of façades."""

from typing import Any

from whisperfarm_contract.problems import PROBLEMS
from whisperfarm_dispatcher.api.errors import ErrorShape
from whisperfarm_dispatcher.api.openapi.responses import ResponseSpecs


def errors(shape: ErrorShape, *names: str) -> ResponseSpecs:
    """Describe one response per status, with the problems of these names as examples."""
    responses: ResponseSpecs = {}
    for name in names:
        problem = PROBLEMS[name]()
        status, document = shape(problem, problem.to_wire())
        examples = responses.setdefault(status, _response(document))["content"]["application/json"]
        examples["examples"][name] = {"summary": problem.title(), "value": document}
    return responses


def _response(document: dict[str, Any]) -> dict[str, Any]:
    content = {"schema": {"type": "object", "required": list(document)}, "examples": {}}
    return {"description": "An error.", "content": {"application/json": content}}
