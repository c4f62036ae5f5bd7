"""The JSON form of a revision."""

from collections.abc import Mapping
from typing import Any

from whisperfarm_contract.job import to_rfc3339
from whisperfarm_contract.revisions.revision import Revision, RevisionKind

Schema = Mapping[str, Any]


def to_wire(revision: Revision) -> dict[str, Any]:
    """Return the revision as a JSON object, without its transcript."""
    return {
        "number": revision.number,
        "kind": revision.kind.value,
        "parent": revision.parent,
        "author": revision.author,
        "created_at": to_rfc3339(revision.created_at),
        "note": revision.note,
        "tags": list(revision.tags),
    }


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the wire form."""
    properties: Mapping[str, Schema] = {
        "number": {"type": "integer", "minimum": 1},
        "kind": {"type": "string", "enum": [kind.value for kind in RevisionKind]},
        "author": {
            "type": "string",
            "description": (
                "`key:` and the id of an API key, `token-` and a hash for the subject of a token,"
                " `role:` and the role of a key in the settings, `model:` and the preset, `hub:`"
                " and the job of the hub, or `farm`"
            ),
        },
        "created_at": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string"}},
    }
    optional: Mapping[str, Schema] = {
        "parent": {
            "type": ["integer", "null"],
            "description": "number of the revision that it was made from; null: the machine's",
        },
        "note": {"type": ["string", "null"]},
    }
    return {
        "type": "object",
        "required": list(properties),
        "properties": {**properties, **optional},
    }
