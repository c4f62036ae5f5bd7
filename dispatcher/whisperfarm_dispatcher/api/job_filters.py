"""The filters in the query of a list of jobs."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from whisperfarm_contract.field_types import Enum
from whisperfarm_contract.job import APPROVED, PENDING, from_rfc3339
from whisperfarm_contract.job_labels import MAX_BATCH_CHARS, MAX_REFERENCE_CHARS
from whisperfarm_contract.problems import ClientError, InvalidOption, UnknownOption
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import JobFilter

PAGING = ("limit", "before")
"""Members of the query that are not filters."""

METADATA_PREFIX = "metadata."
METADATA_FILTER = r"^metadata\.[A-Za-z0-9_.-]{1,64}$"
MAX_METADATA_CHARS = 200
MAX_FILENAME_CHARS = 255

_METADATA_FILTER = re.compile(METADATA_FILTER.replace("$", r"\Z"))
_state = Enum(tuple(JobState))
_approval = Enum((PENDING, APPROVED))


def _text(max_chars: int) -> Callable[[str], str]:
    """Return a parser of texts up to this length. No job has an unprintable one, which is valid."""

    def read_text(text: str) -> str:
        if len(text) > max_chars:
            raise ValueError(f"the text has {len(text)} characters; shorten it to {max_chars}")
        return text

    return read_text


class _Filter(NamedTuple):
    """A field of `JobFilter`, and its parser, which raises `ValueError`."""

    field: str
    read: Callable[[str], Any]


FILTERS: Mapping[str, _Filter] = MappingProxyType(
    {
        "state": _Filter("state", lambda text: JobState(_state.read(text))),
        "batch": _Filter("batch", _text(MAX_BATCH_CHARS)),
        "reference": _Filter("reference", _text(MAX_REFERENCE_CHARS)),
        "filename": _Filter("filename", _text(MAX_FILENAME_CHARS)),
        "approval": _Filter("approval", _approval.read),
        "from": _Filter("created_from", from_rfc3339),
        "to": _Filter("created_before", from_rfc3339),
    }
)
"""The filters by their names in the query, without those by metadata."""


def read(query: Iterable[tuple[str, str]], *, paging: Collection[str] = PAGING) -> JobFilter:
    """Return the filter.

    Raises `UnknownOption` for a name that is neither a filter nor in `paging`, `InvalidOption` for
    an invalid value, and `ClientError` for a name that is given twice.
    """
    fields: dict[str, Any] = {}
    metadata: dict[str, str] = {}
    names: set[str] = set()
    for name, text in query:
        if name in names:
            raise ClientError(f"{name}: the filter is given twice")
        names.add(name)
        if name in FILTERS:
            fields |= {FILTERS[name].field: _read(name, text, FILTERS[name].read)}
        elif name not in paging:
            metadata |= {_member(name): _read(name, text, _text(MAX_METADATA_CHARS))}
    return JobFilter(**fields, metadata=metadata)


def _member(name: str) -> str:
    if not name.startswith(METADATA_PREFIX):
        known = ", ".join((*FILTERS, f"{METADATA_PREFIX}<name>", *PAGING))
        raise UnknownOption(f"there is no filter {name!r}; known: {known}")
    if not _METADATA_FILTER.match(name):
        raise InvalidOption(
            f"{name}: jobs are found by members of the metadata whose names have 1 to 64 letters,"
            " digits, '.', '_' and '-'"
        )
    return name.removeprefix(METADATA_PREFIX)


def _read(name: str, text: str, read_text: Callable[[str], Any]) -> Any:
    try:
        return read_text(text)
    except ValueError as error:
        raise InvalidOption(f"{name}: {error}") from None
