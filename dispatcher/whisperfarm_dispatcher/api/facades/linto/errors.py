"""Problems as LinTO's transcription service writes them: `state` and `reason`."""

from typing import Any

from fastapi.routing import APIRoute

from whisperfarm_contract.problems import Problem


def error_document(problem: Problem, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:  # noqa: ARG001
    """Return status and document of a problem. LinTO does not distinguish invalid requests."""
    status = 400 if document["status"] in (415, 422) else document["status"]
    return status, {"state": "failed", "reason": document["detail"]}


class LintoRoute(APIRoute):
    """A route whose errors are those of LinTO's transcription service."""

    error_shape = staticmethod(error_document)
