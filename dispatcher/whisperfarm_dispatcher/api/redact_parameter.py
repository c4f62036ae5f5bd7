"""The parameter `redact` of requests for transcripts and recordings."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query

from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_store.redaction.kinds import ALL, KINDS, Kinds, read_kinds

Redact = Annotated[
    list[str] | None,
    Query(
        description=(
            "Kinds of data to mask, separated by commas:"
            f" {', '.join(KINDS)}, and those of the farm's own patterns, or `all` for these and the"
            f" kinds of personal data ({', '.join(ALL)})."
        )
    ),
]


def requested_kinds(deps: Dependencies, redact: Sequence[str] | None) -> Kinds | None:
    """Return what is to be masked, or `None` without the parameter. Raises `InvalidOption`.

    Several parameters are one list, so that none of them is ignored.
    """
    if redact is None:
        return None
    return read_kinds(",".join(redact), deps.settings.redaction_kinds)
