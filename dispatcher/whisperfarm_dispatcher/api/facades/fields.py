"""Readers for the fields of another API."""

from collections.abc import Mapping
from typing import Any

from whisperfarm_contract.field_types import Boolean, FieldType
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.upload.form_fields import FieldReader


def typed(name: str, field_type: FieldType) -> FieldReader:
    """Return a reader that raises `InvalidOption` with the field's name."""

    def read(text: str) -> Any:
        try:
            return field_type.read(text)
        except ValueError as error:
            raise InvalidOption(f"{name}: {error}") from None

    return read


def never(name: str, reason: str) -> FieldReader:
    """Return a reader that raises `InvalidOption` for every value."""

    def refuse(text: str) -> None:  # noqa: ARG001
        raise InvalidOption(f"{name}: {reason}; omit it")

    return refuse


def never_true(name: str, reason: str) -> FieldReader:
    """Return a reader that raises `InvalidOption` for every value except false."""
    read_flag = typed(name, Boolean())

    def refuse_true(text: str) -> None:
        if read_flag(text):
            raise InvalidOption(f"{name}: {reason}; omit it")

    return refuse_true


def flag_options(name: str, *, true: Mapping[str, str], false: Mapping[str, str]) -> FieldReader:
    """Return a translator of true and false to options."""
    read_flag = typed(name, Boolean())
    return lambda text: true if read_flag(text) else false
