"""Requests of callers that may read only what is redacted."""

from collections.abc import Sequence

from whisperfarm_contract.permissions import Permission
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.caller import Caller
from whisperfarm_store.redaction.kinds import Kinds, personal, read_kinds

ROUTES = frozenset({"get_result", "get_audio"})
"""The routes whose answer is masked with `redact`."""


def reads_redacted(caller: Caller, route: str, redact: Sequence[str], known: Kinds) -> bool:
    """Whether the caller may send this request because its answer has no personal data.

    `redact` are all parameters of that name: one, which names at least what `all` means.
    """
    if route not in ROUTES or Permission.READ_REDACTED not in caller.permissions:
        return False
    if len(redact) != 1:
        return False
    try:
        return read_kinds(redact[0], known).keys() >= personal(known).keys()
    except InvalidOption:
        return False
