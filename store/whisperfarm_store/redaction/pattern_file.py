"""The operator's own kinds of data: a YAML file of named regular expressions."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.redaction.kinds import ALL_NAME, KINDS
from whisperfarm_store.redaction.pattern import Pattern
from whisperfarm_store.redaction.pattern_document import load_document

VARIABLE = "WHISPERFARM_REDACTION_FILE"
MAX_PATTERNS = 50
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")


def read_patterns(path: Path | None) -> Mapping[str, Pattern]:
    """Return the patterns by the names of their kinds, in the order of the file.

    The file has one mapping `patterns`, from names to expressions. Raises `InvalidSettings`.
    """
    if path is None:
        return MappingProxyType({})
    try:
        found = _patterns(load_document(path))
        return MappingProxyType({_name(key): _pattern(key, found[key]) for key in found})
    except InvalidSettings as problem:
        raise InvalidSettings(f"{VARIABLE}: {path}: {problem.detail}") from None


def _patterns(document: Any) -> Mapping[Any, Any]:
    found = document.get("patterns") if isinstance(document, dict) else None
    if not isinstance(found, dict) or len(document) > 1:
        raise InvalidSettings("it needs one mapping `patterns`, from names to expressions")
    if len(found) > MAX_PATTERNS:
        raise InvalidSettings(f"it has {len(found)} patterns; use at most {MAX_PATTERNS}")
    return found


def _name(name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidSettings(
            f"{name!r} is not a name of a kind; use up to 32 lower-case letters, digits and '-'"
        )
    if name in KINDS or name == ALL_NAME:
        raise InvalidSettings(f"{name}: this name is built in; choose another one")
    return name


def _pattern(name: Any, expression: Any) -> Pattern:
    if not isinstance(expression, str):
        raise InvalidSettings(f"{name}: write one expression, in single quotes")
    try:
        return Pattern(name, expression)
    except InvalidSettings as problem:
        raise InvalidSettings(f"{name}: the expression {problem.detail}") from None
