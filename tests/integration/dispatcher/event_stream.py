"""Reads server-sent events."""

import json
from collections.abc import Iterator
from typing import Any


class Stream:
    """Server-sent events, read one at a time."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def next(self) -> dict[str, Any]:
        """Return the fields of the next event, with `data` as a JSON value."""
        fields: dict[str, Any] = {}
        for line in self._lines:
            name, _, value = line.partition(": ")
            if not line and fields:
                return {**fields, "data": json.loads(fields["data"])}
            if line and name:
                fields[name] = value
        raise EOFError
