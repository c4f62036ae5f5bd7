"""The fields of one request, wherever they stand: options of the job, and the door's own."""

from collections.abc import Callable, Mapping
from typing import Any

from whisperfarm_contract.problems import BadRequest

MOST_FIELDS = 64
MOST_FIELD_BYTES = 16 << 10
"""How many fields a form may have, and how long one may be: an initial prompt fits easily."""

Reader = Callable[[str], Any]
"""Makes a value of a field's text, or raises the problem that the caller is to see."""


class Fields:
    """Fields as they come in. The door's own are read at once, so that they are refused at once.

    An empty value means not given, and is `None` among the door's own.
    """

    def __init__(self, own: Mapping[str, Reader]) -> None:
        self._readers = own
        self.options: dict[str, str] = {}
        self.own: dict[str, Any] = {}

    def add(self, name: str, value: str) -> None:
        """Take one field. Raises `BadRequest` when it came before, or when they are too many."""
        if name in self.options or name in self.own:
            raise BadRequest(f"{name}: the field is given twice")
        if len(self.options) + len(self.own) >= MOST_FIELDS:
            raise BadRequest(f"the request has more than {MOST_FIELDS} fields")
        if name in self._readers:
            self.own[name] = self._readers[name](value) if value else None
        else:
            self.options[name] = value
