"""Reads documents of the chain of custody."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whisperfarm.custody.problem import CustodyBroken
from whisperfarm_contract.custody.canonical import canonical
from whisperfarm_contract.custody.root import check_root
from whisperfarm_contract.problems import InvalidSettings


@dataclass(frozen=True, slots=True)
class ExportedRoot:
    """A root that was kept outside of the ledger."""

    path: Path
    document: Mapping[str, Any]


def read_json(path: Path) -> Any:
    """Return the JSON value in a file. Raises `CustodyBroken` if it has none, or one that can be
    read in two ways."""
    try:
        value = json.loads(
            path.read_text(encoding="utf-8"), object_pairs_hook=_object, parse_constant=_refuse
        )
        canonical(value)
    except OSError as error:
        raise CustodyBroken(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise CustodyBroken(f"{path} is not JSON: {error}") from error
    return value


def read_roots(folder: Path) -> Sequence[ExportedRoot]:
    """Return the roots in a folder, which are its files `*.json`.

    Raises `InvalidSettings` if there are none, and `CustodyBroken` if a file is not a root.
    """
    roots = [_read_root(path) for path in sorted(folder.glob("*.json"))]
    if not roots:
        raise InvalidSettings(f"{folder} has no files *.json; name the folder of exported roots")
    return roots


def _read_root(path: Path) -> ExportedRoot:
    document = read_json(path)
    try:
        check_root(document)
    except ValueError as error:
        raise CustodyBroken(f"{path} is not a root: {error}") from error
    return ExportedRoot(path, document)


def _object(members: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object with a name that occurs twice: readers differ in which value counts."""
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("an object has the same name twice")
    return found


def _refuse(name: str) -> None:
    raise ValueError(f"JSON has no {name}")
