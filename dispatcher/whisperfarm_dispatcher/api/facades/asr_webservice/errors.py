"""Problems as whisper-asr-webservice writes them: as FastAPI does, with `detail`."""

from http import HTTPStatus
from typing import Any

from fastapi.routing import APIRoute

from whisperfarm_contract.problems import Problem


def error_document(problem: Problem, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return status and document of a problem. With status 422, `detail` is a list."""
    status, message = document["status"], document["detail"]
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        error = {"type": problem.name, "loc": ["request"], "msg": message}
        return status, {"detail": [error]}
    return status, {"detail": message}


class AsrRoute(APIRoute):
    """A route whose errors are those of whisper-asr-webservice."""

    error_shape = staticmethod(error_document)
