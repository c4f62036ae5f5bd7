"""Translates `redact`, which may be repeated, to kinds of data."""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.facades.deepgram.parameters import Parameters
from whisperfarm_store.redaction.kinds import ALL_NAME, KINDS, Kinds, choose, personal

_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "false": (),
        "true": (ALL_NAME,),
        "pii": (ALL_NAME,),
        "pci": ("card",),
        "ssn": ("national-id",),
        "numbers": ("number",),
        "credit_card": ("card",),
        "email_address": ("email",),
        "phone_number": ("phone",),
    }
)


def kinds(query: Parameters, known: Kinds) -> Kinds:
    """Return the kinds of data to mask; the operator's have their own names.

    Raises `InvalidOption`.
    """
    own = known.keys() - KINDS.keys()
    wanted: set[str] = set()
    for value in query.texts("redact"):
        name = value.lower()
        if name not in _KINDS and name not in own:
            accepted = ", ".join((*_KINDS, *choose(known, own)))
            raise InvalidOption(
                f"redact: this farm cannot mask {value!r}; use {accepted}, or omit it"
            )
        wanted |= {*_KINDS.get(name, ()), *({name} & own)}
    if ALL_NAME in wanted:
        wanted |= personal(known).keys()
    if wanted and query.text("callback"):
        raise InvalidOption(
            "redact: a callback leads to the stored transcript, in which nothing is masked; omit"
            " `redact` or `callback`"
        )
    return choose(known, wanted)
