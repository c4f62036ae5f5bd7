"""Frozen records whose fields say of themselves what they are: options and terms are such.

Each field carries its kind, which reads and describes its values, and a word for people.
"""

from collections.abc import Mapping
from dataclasses import field, fields
from typing import Any

from whisperfarm_contract.fields import Kind


def member(kind: Kind, about: str, default: Any = None) -> Any:
    """A field of a record; `None` means not given."""
    return field(default=default, metadata={"kind": kind, "about": about})


def kinds(record: type) -> Mapping[str, Kind]:
    """The kind of every field, by name."""
    return {one.name: one.metadata["kind"] for one in fields(record)}


def given(record: Any) -> dict[str, Any]:
    """The fields that differ from their default, as JSON takes them."""
    values = ((one.name, getattr(record, one.name), one.default) for one in fields(record))
    return {name: value for name, value, default in values if value != default}


def properties(record: type) -> dict[str, Any]:
    """The fields as `properties` of a JSON Schema (2020-12)."""
    return {
        one.name: {
            **one.metadata["kind"].schema(),
            "description": one.metadata["about"],
            **({} if one.default is None else {"default": one.default}),
        }
        for one in fields(record)
    }
