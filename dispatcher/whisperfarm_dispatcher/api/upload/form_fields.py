"""Fields of an upload, from its query and its form: options of the job, and the endpoint's own."""

from collections.abc import Callable, Mapping
from typing import Any

from whisperfarm_contract.problems import ClientError

MAX_FIELDS = 64
MAX_FIELD_BYTES = 16 << 10
"""Most fields of a request, and the longest field. An initial prompt fits easily."""

FieldReader = Callable[[str], Any]
"""Parses the text of a field. Raises a `Problem`."""


class FormFields:
    """Fields in the order of arrival. `extra_fields` parses the fields that are not options.

    These are parsed at once, so that an invalid one is rejected before the body is read. An empty
    value counts as not given: it is `None` in `self.own`.
    """

    def __init__(self, extra_fields: Mapping[str, FieldReader]) -> None:
        self._readers = extra_fields
        self.options: dict[str, str] = {}
        self.extra_fields: dict[str, Any] = {}

    def add(self, name: str, value: str) -> None:
        """Add a field. Raises `ClientError` if it is given twice or exceeds `MAX_FIELDS`."""
        if name in self.options or name in self.extra_fields:
            raise ClientError(f"{name}: the field is given twice")
        if len(self.options) + len(self.extra_fields) >= MAX_FIELDS:
            raise ClientError(f"the request has more than {MAX_FIELDS} fields")
        if name in self._readers:
            self.extra_fields[name] = self._readers[name](value) if value else None
        else:
            self.options[name] = value
