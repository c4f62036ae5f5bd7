"""Frozen records whose fields describe themselves: options, terms and the layout of a transcript.

A record is declared once, with `member`. Everything that concerns its wire form comes from that
declaration: `read` takes it from form fields or JSON, `given` writes it, `json_schema` describes it
as a whole, `object_schema` as a part of another schema, and `properties` gives the descriptions of
its fields alone.
"""

from collections.abc import Mapping
from dataclasses import field, fields
from typing import Any, TypeVar

from whisperfarm_contract.fields import Kind
from whisperfarm_contract.problems import BadRequest, OptionUnknown, OptionWrong

R = TypeVar("R")


def member(
    kind: Kind, about: str, default: Any = None, *, refusal: type[BadRequest] = OptionWrong
) -> Any:
    """A field of a record; `None` means not given. `refusal` is raised for a wrong value."""
    return field(default=default, metadata={"kind": kind, "about": about, "refusal": refusal})


def kinds(record: type) -> Mapping[str, Kind]:
    """The kind of every field, by name."""
    return {name: declared["kind"] for name, declared in _declared(record).items()}


def read(record: type[R], raw: Mapping[str, Any]) -> R:
    """The record from form fields or JSON; an empty or null value means not given.

    Raises `OptionUnknown` for a name that the record does not have, and the field's `refusal`,
    naming the field, for a wrong value.
    """
    declared = _declared(record)
    for name in raw:
        if name not in declared:
            raise OptionUnknown(f"there is no option {name!r}; known: {', '.join(declared)}")
    values = {name: value for name, value in raw.items() if value is not None and value != ""}
    return record(
        **{name: _read_one(name, value, declared[name]) for name, value in values.items()}
    )


def _declared(record: type) -> Mapping[str, Mapping[str, Any]]:
    """What `member` noted of each field, by name."""
    return {one.name: one.metadata for one in fields(record)}


def _read_one(name: str, value: Any, declared: Mapping[str, Any]) -> Any:
    try:
        return declared["kind"].read(value)
    except ValueError as error:
        raise declared["refusal"](f"{name}: {error}") from None


def given(record: Any) -> dict[str, Any]:
    """The fields that differ from their default, as JSON takes them."""
    values = ((one.name, getattr(record, one.name), one.default) for one in fields(record))
    return {name: value for name, value, default in values if value != default}


def properties(*records: type) -> dict[str, Any]:
    """The fields of these records as `properties` of a JSON Schema (2020-12)."""
    return {
        one.name: {
            **one.metadata["kind"].schema(),
            "description": one.metadata["about"],
            **({} if one.default is None else {"default": one.default}),
        }
        for record in records
        for one in fields(record)
    }


def object_schema(record: type) -> dict[str, Any]:
    """The wire form of one record, as a part of a JSON Schema (2020-12)."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties(record),
    }


def json_schema(record: type, *, title: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of the wire form of one record."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **object_schema(record),
    }
