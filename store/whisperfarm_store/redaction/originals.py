"""What is masked before anything of a job is stored, if its caller has the originals destroyed."""

from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Any

from whisperfarm_contract.options import Options
from whisperfarm_store.redaction.kinds import Kinds, read_kinds
from whisperfarm_store.redaction.view import redact_text

NO_KINDS: Kinds = MappingProxyType({})


def kinds_to_destroy(options: Options, known: Kinds) -> Kinds:
    """Return the kinds of data that must not be stored; none if the originals are kept.

    Raises `InvalidOption` if the job names a kind that is not known.
    """
    return read_kinds(options.redact or "", known) if options.destroys_originals else NO_KINDS


def mask_text(text: str, kinds: Kinds) -> str:
    """Return the text with data of these kinds masked."""
    return redact_text(text, kinds) if kinds else text


def mask_value(value: Any, kinds: Kinds) -> Any:
    """Return a JSON value with data masked in its texts, its numbers, and the names of members.

    Names that would become equal get a number.
    """
    match value:
        case str():
            return mask_text(value, kinds)
        case bool() | None:
            return value
        case int() | float():
            masked = mask_text(str(value), kinds)
            return value if masked == str(value) else masked
        case Mapping():
            return _mask_members(value, kinds)
        case _:
            return [mask_value(one, kinds) for one in value]


def numbered(name: str, taken: Container[str]) -> str:
    """Return the name, with a number if it is taken."""
    free, count = name, 1
    while free in taken:
        count += 1
        free = f"{name} {count}"
    return free


def _mask_members(members: Mapping[str, Any], kinds: Kinds) -> dict[str, Any]:
    masked: dict[str, Any] = {}
    for name, value in members.items():
        masked[numbered(mask_text(name, kinds), masked)] = mask_value(value, kinds)
    return masked
