"""Fields of an upload, from its query and its form: options of the job, and the endpoint's own."""

from collections.abc import Callable, Mapping
from typing import Any

from whisperfarm_contract.problems import BadRequest

MOST_FIELDS = 64
MOST_FIELD_BYTES = 16 << 10
"""Most fields of a request, and the longest field. An initial prompt fits easily."""

Reader = Callable[[str], Any]
"""Parses the text of a field. Raises a `Problem`."""


class Fields:
    """Fields in the order of arrival. `own` parses the fields that are not options.

    These are parsed at once, so that an invalid one is rejected before the body is read. An empty
    value counts as not given: it is `None` in `self.own`.
    """

    def __init__(self, own: Mapping[str, Reader]) -> None:
        self._readers = own
        self.options: dict[str, str] = {}
        self.own: dict[str, Any] = {}

    def add(self, name: str, value: str) -> None:
        """Add a field. Raises `BadRequest` if it is given twice or exceeds `MOST_FIELDS`."""
        if name in self.options or name in self.own:
            raise BadRequest(f"{name}: the field is given twice")
        if len(self.options) + len(self.own) >= MOST_FIELDS:
            raise BadRequest(f"the request has more than {MOST_FIELDS} fields")
        if name in self._readers:
            self.own[name] = self._readers[name](value) if value else None
        else:
            self.options[name] = value
