"""Reads the parameters of a query, each by its type."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from whisperfarm_contract.field_types import Boolean, FieldType, String
from whisperfarm_contract.problems import ClientError, InvalidOption


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

    def texts(self, name: str) -> Sequence[str]:
        """Return all values of a parameter."""
        return [value for value in self._values.pop(name, ()) if value]

    def read(self, name: str, field_type: FieldType) -> Any:
        """Return the value of a parameter, or `None`. Raises `InvalidOption` for a wrong one."""
        for value in self.texts(name):
            try:
                return field_type.read(value)
            except ValueError as error:
                raise InvalidOption(f"{name}: {error}") from None
        return None

    def text(self, name: str) -> str | None:
        """Return the value of a parameter, or `None`. Raises `InvalidOption` if it is too long."""
        value: str | None = self.read(name, String())
        return value

    def flag(self, name: str) -> bool | None:
        """Return whether a parameter is true, or `None`. Raises `InvalidOption` for others."""
        value: bool | None = self.read(name, Boolean())
        return value

    def rest(self) -> Mapping[str, str]:
        """Return the parameters that were not read, of which none is given twice."""
        return {name: values[0] for name, values in self._values.items()}
