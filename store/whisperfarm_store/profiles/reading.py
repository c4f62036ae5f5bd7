"""Reads a profile. Errors name the file, the key and the cure."""

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from whisperfarm_contract.printable import printable
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.profiles.document import (
    Diarization,
    Engines,
    Optimization,
    Profile,
    Resources,
)

_MAX_BYTES = 64 << 10
_SECTIONS: Mapping[str, type[BaseModel]] = {
    "engines": Engines,
    "diarization": Diarization,
    "resources": Resources,
    "optimization": Optimization,
}
_CURES = {
    "missing": "add it",
    "string_type": "write a name",
    "bool_type": "write true or false",
    "int_type": "write a whole number",
    "model_type": (
        "it has no keys; write keys below it, each on a line of its own with two spaces before it"
    ),
}


def read_profile(path: Path) -> Profile:
    """Read a profile. Raises `InvalidSettings`."""
    document = _load(path)
    if not isinstance(document, dict):
        raise invalid(path, "", "it is not a mapping; write sections such as `engines:`")
    try:
        return Profile.model_validate(document)
    except ValidationError as error:
        detail = _first(error.errors(include_url=False))
        raise invalid(path, _key(detail), _reason(detail)) from None


def invalid(path: Path, key: str, reason: str) -> InvalidSettings:
    """Return the problem with a key of the profile."""
    where = f"{path}, {key}" if key else str(path)
    return InvalidSettings(f"WHISPERFARM_PROFILE: {where}: {reason}")


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML without keys that are given twice and without aliases, which can be huge."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it has an alias (*name); write the value again instead")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                raise yaml.YAMLError(f"the key {key!r} is given twice; remove one")
        constructed: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return constructed


def _load(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES + 1)
        if len(text) > _MAX_BYTES:
            raise invalid(path, "", f"it has more than {_MAX_BYTES} bytes; shorten it")
        return yaml.load(text.decode("utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        reason = f"it cannot be read ({error.strerror}); name an existing file"
        raise invalid(path, "", reason) from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        text_of_error = printable(" ".join(str(error).split()))
        raise invalid(path, "", f"it is not valid YAML: {text_of_error}; correct it") from None


def _first(details: Sequence[ErrorDetails]) -> ErrorDetails:
    """Return what to correct first: a misspelt key may be why another one is missing."""
    unknown = (one for one in details if one["type"] == "extra_forbidden")
    return next(unknown, details[0])


def _key(detail: ErrorDetails) -> str:
    return ".".join(printable(str(part)) for part in detail["loc"])


def _reason(detail: ErrorDetails) -> str:
    if detail["type"] == "extra_forbidden":
        return _unknown_key(detail["loc"])
    if detail["type"] == "missing":
        return "it is missing; add it"
    message = detail["msg"].removeprefix("Value error, ")
    cure = _CURES.get(detail["type"], "")
    if detail["type"] == "value_error":
        return message
    if detail["type"] == "model_type":
        return cure
    return f"{_lower(message)}; {cure or 'correct the value'}"


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _unknown_key(location: tuple[int | str, ...]) -> str:
    known = tuple(_SECTIONS)
    if len(location) > 1:
        known = tuple(_SECTIONS[str(location[0])].model_fields)
    close = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.0)
    return f"there is no such key; did you mean {close[0]}? known: {', '.join(known)}"
