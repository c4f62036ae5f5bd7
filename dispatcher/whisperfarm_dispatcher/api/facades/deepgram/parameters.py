"""Reads the parameters of a query, each by its type."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from whisperfarm_contract.field_types import Boolean, FieldType, String
from whisperfarm_contract.problems import ClientError, InvalidOption

MAX_CHARS = 200
"""Longest text of a parameter, unless it has a limit of its own."""


class Parameters:
    """The parameters of one query. Empty values count as not given.

    Each method that returns values removes the parameter, so that `rest` has what was not read.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]], *, repeatable: frozenset[str]) -> None:
        """Collect the parameters. Raises `ClientError` if one is given twice without being
        `repeatable`."""
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            if name in self._values and name not in repeatable:
                raise ClientError(f"{name}: the parameter is given twice")
            self._values.setdefault(name, []).append(value)

    def texts(self, name: str, *, max_chars: int = MAX_CHARS) -> Sequence[str]:
        """Return all values of a parameter. Raises `InvalidOption` if one is too long."""
        return self._read(name, String(max_chars))

    def read(self, name: str, field_type: FieldType) -> Any:
        """Return the value of a parameter, or `None`. Raises `InvalidOption` for a wrong one."""
        return next(iter(self._read(name, field_type)), None)

    def text(self, name: str) -> str | None:
        """Return the value of a parameter, or `None`. Raises `InvalidOption` if it is too long."""
        return next(iter(self.texts(name)), None)

    def flag(self, name: str) -> bool | None:
        """Return whether a parameter is true, or `None`. Raises `InvalidOption` for others."""
        value: bool | None = self.read(name, Boolean())
        return value

    def rest(self) -> Mapping[str, str]:
        """Return the parameters that were not read, of which none is given twice."""
        return {name: values[0] for name, values in self._values.items()}

    def _read(self, name: str, field_type: FieldType) -> list[Any]:
        try:
            return [field_type.read(value) for value in self._values.pop(name, ()) if value]
        except ValueError as error:
            raise InvalidOption(f"{name}: {error}") from None
