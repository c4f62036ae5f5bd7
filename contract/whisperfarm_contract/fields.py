"""Kinds of option values: each reads what callers write, and describes itself as JSON Schema.

Values come as text (form fields, command lines) or as JSON; `read` takes both and answers the
value as the rest of the farm knows it, or raises `ValueError` with what would have been right.
"""

import math
from dataclasses import dataclass
from typing import Any, Protocol

from whisperfarm_contract import languages


class Kind(Protocol):
    """One kind of value."""

    def read(self, raw: Any) -> Any:
        """The value, or `ValueError` saying what was expected."""

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the wire form."""


@dataclass(frozen=True, slots=True)
class Text:
    """Free text up to a length, in characters."""

    max_length: int = 2000

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValueError("text is expected")
        if "\0" in raw:
            raise ValueError("text without the NUL character is expected")
        if len(raw) > self.max_length:
            raise ValueError(f"at most {self.max_length} characters are allowed, not {len(raw)}")
        return raw

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str) or raw.lower() not in self.words:
            raise ValueError(f"one of {', '.join(self.words)} is expected, not {raw!r}")
        return raw.lower()

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number between two bounds, both included."""

    least: float
    most: float

    def read(self, raw: Any) -> float:
        expected = f"a number from {self.least:g} to {self.most:g} is expected, not {raw!r}"
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            raise ValueError(expected)
        try:
            value = float(raw)
        except (ValueError, OverflowError):
            raise ValueError(expected) from None
        if not math.isfinite(value) or not self.least <= value <= self.most:
            raise ValueError(expected)
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds, both included."""

    least: int
    most: int

    def read(self, raw: Any) -> int:
        expected = f"a whole number from {self.least} to {self.most} is expected, not {raw!r}"
        if isinstance(raw, bool) or not isinstance(raw, str | int):
            raise ValueError(expected)
        try:
            value = int(raw)
        except ValueError:
            raise ValueError(expected) from None
        if not self.least <= value <= self.most:
            raise ValueError(expected)
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


_YES = frozenset({"true", "1", "yes", "on"})
_NO = frozenset({"false", "0", "no", "off"})


@dataclass(frozen=True, slots=True)
class Switch:
    """True or false."""

    def read(self, raw: Any) -> bool:
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, str) and raw.lower() in _YES | _NO:
            return raw.lower() in _YES
        raise ValueError(f"true or false is expected, not {raw!r}")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its code or English name, in any case; the value is the code."""

    def read(self, raw: Any) -> str:
        return languages.code_of(str(raw))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": sorted(languages.NAMES)}
