"""Fields of an upload, from its query and its form: options of the job, and the endpoint's own."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from whisperfarm_contract.problems import ClientError

MAX_FIELDS = 64
MAX_FIELD_BYTES = 16 << 10
"""Most fields of a request, and the longest field. An initial prompt fits easily."""

FieldReader = Callable[[str], Any]
"""Parses the text of a field. Raises a `Problem`."""

FieldTranslator = Callable[[str], Mapping[str, str]]
"""Returns the options for the text of a field of another API. Raises a `Problem`."""

_NO_TRANSLATORS: Mapping[str, FieldTranslator] = MappingProxyType({})


class FormFields:
    """Fields in the order of arrival.

    `readers` parses the fields that are not options. These are parsed at once, so that an invalid
    one is rejected before the body is read. An empty value counts as not given: it is `None` in
    `self.extra_fields`. `translators` returns the options for fields of another API, and for an
    empty value none. A field that is in `repeatable` may be given several times: its reader's
    results are a list, and the values of an option are separated by commas. `names` are the names
    of all fields so far.
    """

    def __init__(
        self,
        readers: Mapping[str, FieldReader],
        *,
        translators: Mapping[str, FieldTranslator] = _NO_TRANSLATORS,
        repeatable: frozenset[str] = frozenset(),
    ) -> None:
        self._readers = readers
        self._translators = translators
        self._repeatable = repeatable
        self.names: list[str] = []
        self.options: dict[str, str] = {}
        self.extra_fields: dict[str, Any] = {}

    def add(self, name: str, value: str) -> None:
        """Add a field. Raises `ClientError` if it is given twice or exceeds `MAX_FIELDS`."""
        if name in self.names and name not in self._repeatable:
            raise ClientError(f"{name}: the field is given twice")
        if len(self.names) >= MAX_FIELDS:
            raise ClientError(f"the request has more than {MAX_FIELDS} fields")
        self.names.append(name)
        if name in self._readers:
            self._add_extra_field(name, value)
        elif name in self._translators:
            self._add_options(name, self._translators[name](value) if value else {})
        elif name in self._repeatable and name in self.options:
            self.options[name] += f",{value}"
        else:
            self._add_options(name, {name: value})

    def _add_extra_field(self, name: str, value: str) -> None:
        result = self._readers[name](value) if value else None
        if name in self._repeatable:
            self.extra_fields.setdefault(name, []).append(result)
        else:
            self.extra_fields[name] = result

    def _add_options(self, name: str, options: Mapping[str, str]) -> None:
        for option, value in options.items():
            if option in self.options:
                raise ClientError(f"{name}: the option {option!r} is given twice")
            self.options[option] = value
