"""The kinds of data that can be masked, by the names that callers use."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from types import MappingProxyType

from whisperfarm_contract.problems import InvalidOption
from whisperfarm_store.redaction.accounts import find_ibans
from whisperfarm_store.redaction.cards import find_cards
from whisperfarm_store.redaction.digit_runs import runs
from whisperfarm_store.redaction.emails import find_emails
from whisperfarm_store.redaction.national_ids import find_national_ids
from whisperfarm_store.redaction.phones import find_phones

Find = Callable[[str], Iterable[tuple[int, int]]]
"""Yields spans of a reading, in any order. They may overlap."""

_MIN_NUMBER_DIGITS = 3


def _find_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield all numbers of three or more digits."""
    return ((one.start, one.end) for one in runs(text) if len(one.digits) >= _MIN_NUMBER_DIGITS)


Kinds = Mapping[str, Find]
"""What finds each kind. Data of two kinds is masked as the first of them."""

KINDS: Kinds = MappingProxyType({
    "card": find_cards,
    "iban": find_ibans,
    "national-id": find_national_ids,
    "email": find_emails,
    "phone": find_phones,
    "number": _find_numbers,
})  # fmt: skip
"""The built-in kinds."""

ALL_NAME = "all"


def choose(known: Kinds, names: Container[str]) -> Kinds:
    """Return the kinds with these names, in the order of `known`."""
    return MappingProxyType({name: find for name, find in known.items() if name in names})


def personal(known: Kinds) -> Kinds:
    """Return what `all` means: the kinds of personal data, and those of the operator."""
    return choose(known, known.keys() - {"number"})


ALL = personal(KINDS)
"""The built-in kinds of personal data."""


def read_kinds(text: str, known: Kinds = KINDS) -> Kinds:
    """Return the kinds that are named in a list separated by commas, in the order of `known`.

    Raises `InvalidOption`.
    """
    wanted = {name.strip().lower() for name in text.split(",")}
    if ALL_NAME in wanted:
        wanted = (wanted - {ALL_NAME}) | personal(known).keys()
    unknown = sorted(wanted - known.keys())
    if unknown:
        raise InvalidOption(
            f"redact: {unknown[0]!r} is not a kind of data; use {', '.join(known)}, or all"
        )
    return choose(known, wanted)
