"""Requests of callers that may read only what is redacted."""

from starlette.datastructures import QueryParams

from whisperfarm_contract.permissions import Permission
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.caller import Caller
from whisperfarm_store.redaction.kinds import Kinds, personal, read_kinds

ROUTES = frozenset({"get_result", "get_audio"})
"""The routes whose answer is masked with `redact`."""


def reads_redacted(caller: Caller, route: str, query: QueryParams, known: Kinds) -> bool:
    """Whether the caller may send this request because its answer has no personal data.

    It has one `redact`, which names at least what `all` means, and no `revision`: an earlier one
    may have what a person removed.
    """
    redact = query.getlist("redact")
    if route not in ROUTES or Permission.READ_REDACTED not in caller.permissions:
        return False
    if "revision" in query:
        return False
    if len(redact) != 1:
        return False
    try:
        return read_kinds(redact[0], known).keys() >= personal(known).keys()
    except InvalidOption:
        return False
