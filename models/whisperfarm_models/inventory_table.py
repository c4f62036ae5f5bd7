"""The table of the inventory: `inventory.toml`, and the rows of an operator's own file.

The operator's file (WHISPERFARM_MODELS_INVENTORY) has the format of `inventory.toml`. A row of it
replaces the packaged row of the same name. Its digests are checked like all others.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from whisperfarm_contract.problems import InvalidSettings

Table = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Rows by section and name."""

FAMILIES = ("whisper", "onnx-asr")
"""Families of speech models. Each is loaded by a library of its own."""

_SECTIONS = ("speech", "aligner", "diarizer")
_KEYS: Mapping[str, type] = {
    "repository": str, "revision": str, "licence": str, "files": list, "approximate_bytes": int,
    "family": str, "architecture": str, "quantization": str, "languages": list, "translates": bool,
}  # fmt: skip
_FILE_TYPES = (str, int, str)
_SHA256 = re.compile(r"([0-9a-f]{64})?")


@cache
def packaged() -> Table:
    """Return the table of the package."""
    text = resources("whisperfarm_models").joinpath("inventory.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))


def read_table(own: Path | None = None) -> Table:
    """Return the packaged table with the rows of an operator's file.

    Raises `InvalidSettings` if the file cannot be read or a row is invalid.
    """
    return packaged() if own is None else MappingProxyType({**packaged(), **_with_own(own)})


def _with_own(path: Path) -> dict[str, Mapping[str, Any]]:
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSettings(
            f"WHISPERFARM_MODELS_INVENTORY: {path} cannot be read: {error}"
        ) from error
    for section, rows in sections.items():
        _check_section(path, section, rows)
    return {section: {**packaged()[section], **rows} for section, rows in sections.items()}


def _check_section(path: Path, section: str, rows: Any) -> None:
    if section not in _SECTIONS or not isinstance(rows, dict):
        raise _invalid(path, f"[{section}]", f"unknown section; use {', '.join(_SECTIONS)}")
    for name, row in rows.items():
        where = f"[{section}.{name!r}]"
        if not isinstance(row, dict):
            raise _invalid(path, where, "is not a table")
        for key, value in row.items():
            _check_value(path, where, key, value)


def _check_value(path: Path, where: str, key: str, value: Any) -> None:
    if key not in _KEYS:
        raise _invalid(path, where, f"unknown key {key!r}; known: {', '.join(sorted(_KEYS))}")
    if not isinstance(value, _KEYS[key]) or (isinstance(value, bool) and _KEYS[key] is int):
        raise _invalid(path, where, f"{key} has the wrong type ({type(value).__name__})")
    if key == "family" and value not in FAMILIES:
        raise _invalid(path, where, f"unknown family {value!r}; use {' or '.join(FAMILIES)}")
    if isinstance(value, list) and key == "files" and not all(map(_is_file, value)):
        raise _invalid(path, where, "files: use rows of [path, bytes, SHA-256 or an empty string]")


def _is_file(row: Any) -> bool:
    if not isinstance(row, list) or tuple(map(type, row)) != _FILE_TYPES:
        return False
    return _SHA256.fullmatch(row[2]) is not None


def _invalid(path: Path, where: str, reason: str) -> InvalidSettings:
    return InvalidSettings(f"WHISPERFARM_MODELS_INVENTORY: {path}, {where}: {reason}")
