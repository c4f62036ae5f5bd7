"""What requests are made of: uploads, and query parameters."""

from collections.abc import Iterable, Mapping
from typing import Any

from whisperfarm_contract import record
from whisperfarm_contract.formats import FORMATS, Layout
from whisperfarm_dispatcher.submission import job_request

Schema = Mapping[str, Any]

WAIT: Schema = {
    "type": "number",
    "minimum": 0,
    "description": "Wait so many seconds for the transcript, and answer with it.",
}
FORMAT: Schema = {
    "type": "string",
    "enum": list(FORMATS),
    "default": "json",
    "description": "What the transcript is answered as.",
}
_FILENAME: Schema = {
    "type": "string",
    "description": "What the audio is called, when it is the body itself.",
}
_BYTES: Schema = {"type": "string", "format": "binary"}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key with the same request makes one job, however often it is sent.",
}


def upload(**own: Schema) -> dict[str, Any]:
    """An upload: a form with the part `file`, or the bare audio with the fields in the query."""
    wanted: dict[str, Schema] = {**job_request.properties(), **own}
    form = {"type": "object", "required": ["file"], "properties": {"file": _BYTES, **wanted}}
    content = {"multipart/form-data": {"schema": form}, "audio/*": {"schema": _BYTES}}
    in_query = {"filename": _FILENAME, **wanted}
    return {
        "requestBody": {"required": True, "content": content},
        "parameters": [_IDEMPOTENCY_KEY, *_query(in_query.items())],
    }


def layout() -> dict[str, Any]:
    """The query parameters that say how a transcript is laid out."""
    return {"parameters": list(_query(record.properties(Layout).items()))}


def _query(schemas: Iterable[tuple[str, Schema]]) -> Iterable[dict[str, Any]]:
    for name, schema in schemas:
        shape = dict(schema)
        about = shape.pop("description", "")
        yield {"name": name, "in": "query", "schema": shape, "description": about}
