"""The farm's roles: the built-in ones, and those of the operator's YAML file."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from whisperfarm_contract.permissions import ALL_PERMISSIONS, ROLES, Permission, Roles
from whisperfarm_contract.problems import InvalidSettings

VARIABLE = "WHISPERFARM_ROLES_FILE"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def read_roles(path: Path | None) -> Roles:
    """Return the built-in roles, extended and overridden by those of the file.

    The file has one mapping `roles`, from the name of each role to a list of permissions. Raises
    `InvalidSettings` if it cannot be read, or has an invalid name or an unknown permission.
    """
    if path is None:
        return ROLES
    roles = _load(path)
    return MappingProxyType(
        {**ROLES, **{_name(path, name): _permissions(path, name, roles[name]) for name in roles}}
    )


def _load(path: Path) -> Mapping[Any, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidSettings(f"{VARIABLE}: {path} cannot be read: {error}") from error
    if not isinstance(document, dict) or set(document) != {"roles"}:
        raise InvalidSettings(f"{VARIABLE}: {path} needs one mapping `roles`, and nothing else")
    roles = document["roles"]
    if not isinstance(roles, dict):
        raise InvalidSettings(f"{VARIABLE}: {path}: `roles` must map names to lists of permissions")
    return roles


def _name(path: Path, name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidSettings(
            f"{VARIABLE}: {path}: {name!r} is not a name of a role; use up to 64 letters, digits,"
            " '-' and '_'"
        )
    return name


def _permissions(path: Path, role: Any, names: Any) -> frozenset[Permission]:
    if not isinstance(names, list):
        raise InvalidSettings(f"{VARIABLE}: {path}: {role}: write its permissions as a list")
    if ALL_PERMISSIONS in names:
        return frozenset(Permission)
    unknown = [name for name in names if name not in tuple(Permission)]
    if unknown:
        known = ", ".join((*Permission, ALL_PERMISSIONS))
        raise InvalidSettings(
            f"{VARIABLE}: {path}: {role}: {unknown[0]!r} is not a permission; use {known}"
        )
    return frozenset(map(Permission, names))
