"""Translates `redact`, which may be repeated, to kinds of data."""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.facades.deepgram.parameters import Parameters
from whisperfarm_dispatcher.redaction.kinds import ALL, in_order

_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "false": (),
        "true": ALL,
        "pii": ALL,
        "pci": ("card",),
        "ssn": ("national-id",),
        "numbers": ("number",),
        "credit_card": ("card",),
        "email_address": ("email",),
        "phone_number": ("phone",),
    }
)


def kinds(query: Parameters) -> tuple[str, ...]:
    """Return the kinds of data to mask. Raises `InvalidOption`."""
    wanted: set[str] = set()
    for value in query.texts("redact"):
        if value.lower() not in _KINDS:
            raise InvalidOption(
                f"redact: this farm cannot mask {value!r}; use {', '.join(_KINDS)}, or omit it"
            )
        wanted.update(_KINDS[value.lower()])
    if wanted and query.text("callback"):
        raise InvalidOption(
            "redact: a callback leads to the stored transcript, in which nothing is masked; omit"
            " `redact` or `callback`"
        )
    return in_order(wanted)
