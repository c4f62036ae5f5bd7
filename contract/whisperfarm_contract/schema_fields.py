"""Dataclass fields that declare their own parser, JSON Schema and description.

`Options`, `JobPolicy`, `JobLabels` and `SubtitleOptions` declare each field with `option_field`.
From this declaration, `read` parses a record from form fields or JSON, `non_default_values` writes
it, and `json_schema`, `object_schema` and `properties` describe it: as a document, as a part of
another schema, and field by field.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, fields
from typing import Any, TypeVar

from whisperfarm_contract.field_types import FieldType
from whisperfarm_contract.problems import ClientError, InvalidOption, UnknownOption

R = TypeVar("R")


def option_field(
    field_type: FieldType,
    description: str,
    default: Any = None,
    *,
    error_type: type[ClientError] = InvalidOption,
) -> Any:
    """Declare a field. The default `None` means not given.

    `read` raises `error_type` for an invalid value.
    """
    return field(
        default=default,
        metadata={"field_type": field_type, "description": description, "error_type": error_type},
    )


def field_types(record: type) -> Mapping[str, FieldType]:
    """Return the type of each field, by name."""
    return {name: metadata["field_type"] for name, metadata in _declared(record).items()}


def read(record: type[R], raw: Mapping[str, Any], *, also_known: Iterable[str] = ()) -> R:
    """Read a record from form fields or JSON; an empty or null value means not given.

    Raises `UnknownOption` for a name that is not a field, and the field's `error_type` for an
    invalid value; its message starts with the field's name. `also_known` are names that the caller
    accepts beside those of the record; the message of `UnknownOption` lists them as well.
    """
    declared = _declared(record)
    for name in raw:
        if name not in declared:
            raise UnknownOption(
                f"there is no option {name!r}; known: {', '.join((*declared, *also_known))}"
            )
    values = {name: value for name, value in raw.items() if value is not None and value != ""}
    return record(
        **{name: _read_one(name, value, declared[name]) for name, value in values.items()}
    )


def _declared(record: type) -> Mapping[str, Mapping[str, Any]]:
    """Return the metadata that `option_field` attached to each field, by name."""
    return {one.name: one.metadata for one in fields(record)}


def _read_one(name: str, value: Any, metadata: Mapping[str, Any]) -> Any:
    try:
        return metadata["field_type"].read(value)
    except ValueError as error:
        raise metadata["error_type"](f"{name}: {error}") from None


def non_default_values(record: Any) -> dict[str, Any]:
    """Return the fields that differ from their defaults, as JSON values."""
    values = ((one.name, getattr(record, one.name), one.default) for one in fields(record))
    return {name: value for name, value, default in values if value != default}


def properties(*records: type) -> dict[str, Any]:
    """Return the fields of these records as `properties` of a JSON Schema (2020-12)."""
    return {
        one.name: {
            **one.metadata["field_type"].schema(),
            "description": one.metadata["description"],
            **({} if one.default is None else {"default": one.default}),
        }
        for record in records
        for one in fields(record)
    }


def object_schema(record: type) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a record, to be embedded in another schema."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties(record),
    }


def json_schema(record: type, *, title: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a record as a document with a title."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **object_schema(record),
    }
