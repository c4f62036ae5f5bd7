"""Kinds of option values: each parses the wire form and describes it as JSON Schema.

Values arrive as text (form fields, command lines) or as JSON. `read` accepts both and returns the
Python value, or raises `ValueError` with a message that says which values are allowed.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from whisperfarm_contract import language_tags
from whisperfarm_contract.printable import printable

_IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9._:-]*"
_NUMBERS = r" *(-1|[0-9]{1,6})( *, *(-1|[0-9]{1,6}))* *"


class FieldType(Protocol):
    """One kind of value."""

    def read(self, raw: Any) -> Any:
        """Return the Python value. Raises `ValueError` with the allowed values."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the wire form."""


@dataclass(frozen=True, slots=True)
class String:
    """Text of at most `max_length` characters."""

    max_length: int = 2000

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValueError("the value must be text")
        if "\0" in raw:
            raise ValueError("the text contains a NUL character; remove it")
        if len(raw) > self.max_length:
            raise ValueError(f"the text has {len(raw)} characters; shorten it to {self.max_length}")
        return raw

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length}


@dataclass(frozen=True, slots=True)
class PrintableLine(String):
    """One line of at most `max_length` printable characters."""

    def read(self, raw: Any) -> str:
        text = String.read(self, raw)
        if printable(text) != text:
            raise ValueError("the text has line breaks or other unprintable characters")
        return text


@dataclass(frozen=True, slots=True)
class Identifier:
    """An id of at most `max_length` characters, all of which may stand in a path of a URL."""

    max_length: int

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str) or not re.fullmatch(_IDENTIFIER, raw):
            raise ValueError(
                f"{raw!r} is not an id of letters, digits, '.', '_', ':' and '-' that starts with a"
                " letter or a digit"
            )
        if len(raw) > self.max_length:
            raise ValueError(f"the id has {len(raw)} characters; shorten it to {self.max_length}")
        return raw

    def schema(self) -> dict[str, Any]:
        # An empty field is one that is not given.
        return {"type": "string", "maxLength": self.max_length, "pattern": f"^({_IDENTIFIER})?$"}


@dataclass(frozen=True, slots=True)
class JsonObject:
    """A JSON object, as JSON or as its text.

    `max_bytes` limits its compact form in UTF-8, and `max_depth` how deep objects and lists are
    nested, the object itself included.
    """

    max_bytes: int = 16 << 10
    max_depth: int = 8

    def read(self, raw: Any) -> Mapping[str, Any]:
        value = _parse_json(raw) if isinstance(raw, str) else raw
        if not isinstance(value, dict):
            raise ValueError("the value is not a JSON object")
        _check_members(value, self.max_depth)
        size_bytes = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
        if size_bytes > self.max_bytes:
            raise ValueError(f"the object has {size_bytes} bytes; shorten it to {self.max_bytes}")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "object"}


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("the text is not JSON") from None


def _check_members(value: Any, max_depth: int) -> None:
    """Raise `ValueError` if the value is nested too deep, or a database cannot store a part."""
    if isinstance(value, str) and ("\0" in value or not _is_unicode(value)):
        raise ValueError("a text has a NUL character or half of a surrogate pair; remove it")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is not finite; JSON has no such numbers")
    if isinstance(value, dict | list):
        if max_depth == 0:
            raise ValueError("objects and lists are nested too deep")
        for member in _members(value):
            _check_members(member, max_depth - 1)


def _members(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return (*value, *value.values()) if isinstance(value, dict) else value


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


@dataclass(frozen=True, slots=True)
class Enum:
    """One of a fixed set of lower-case words."""

    values: tuple[str, ...]

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str) or raw.lower() not in self.values:
            raise ValueError(f"{raw!r} is not one of {', '.join(self.values)}")
        return raw.lower()

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number between two inclusive bounds."""

    minimum: float
    maximum: float

    def read(self, raw: Any) -> float:
        expected = f"{raw!r} is not a number from {self.minimum:g} to {self.maximum:g}"
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            raise ValueError(expected)
        try:
            value = float(raw)
        except (ValueError, OverflowError):
            raise ValueError(expected) from None
        if not math.isfinite(value) or not self.minimum <= value <= self.maximum:
            raise ValueError(expected)
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True, slots=True)
class Integer:
    """An integer between two inclusive bounds."""

    minimum: int
    maximum: int

    def read(self, raw: Any) -> int:
        expected = f"{raw!r} is not an integer from {self.minimum} to {self.maximum}"
        if isinstance(raw, bool) or not isinstance(raw, str | int):
            raise ValueError(expected)
        try:
            value = int(raw)
        except ValueError:
            raise ValueError(expected) from None
        if not self.minimum <= value <= self.maximum:
            raise ValueError(expected)
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True, slots=True)
class TokenIds:
    """Token numbers separated by commas, as in Whisper; -1 stands for the model's own list."""

    max_length: int = 2000

    def read(self, raw: Any) -> str:
        text = str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
        if len(text) > self.max_length or not re.fullmatch(_NUMBERS, text):
            raise ValueError(f"{raw!r} is not a list of token numbers such as -1 or 50,51")
        return text.replace(" ", "")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length, "pattern": f"^({_NUMBERS})?$"}


_TRUE_WORDS = frozenset({"true", "1", "yes", "on"})
_FALSE_WORDS = frozenset({"false", "0", "no", "off"})


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false."""

    def read(self, raw: Any) -> bool:
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, str) and raw.lower() in _TRUE_WORDS | _FALSE_WORDS:
            return raw.lower() in _TRUE_WORDS
        raise ValueError(f"{raw!r} is not true or false")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


_MAX_TRACK = 99


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """An audio track, given as its number or as a language.

    The value is the number as text, or the code of the language, or an unknown language tag in
    lower case.
    """

    def read(self, raw: Any) -> str:
        text = str(raw).strip() if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
        if re.fullmatch(r"[0-9]+", text) and int(text) <= _MAX_TRACK:
            return str(int(text))
        code = language_tags.normalize(text)
        if re.fullmatch(r"[a-z]{2,3}", code):
            return code
        raise ValueError(
            f"{raw!r} is not an audio track; use a number from 0 to {_MAX_TRACK}, or a language"
        )

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": 40}
