"""The table of all settings, generated from their declarations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from whisperfarm.markdown import table
from whisperfarm_store.settings import PREFIX, StoreSettings


@dataclass(frozen=True, slots=True)
class Row:
    """One setting: variable, aliases, default, the parts that read it, description."""

    variable: str
    aliases: tuple[str, ...]
    default: str
    readers: str
    description: str


def rows(settings_classes: Iterable[type[BaseSettings]]) -> list[Row]:
    """Return one row per setting of these classes; shared settings appear once."""
    rows_by_variable: dict[str, Row] = {}
    for settings_class in settings_classes:
        for name, field in settings_class.model_fields.items():
            variable = PREFIX + name.upper()
            if variable not in rows_by_variable:
                rows_by_variable[variable] = _row(variable, field, _reader(settings_class, name))
    return list(rows_by_variable.values())


def markdown(settings_classes: Iterable[type[BaseSettings]]) -> str:
    """Return the rows as a Markdown table."""
    head = ("Variable", "Default", "Read by", "What it is")
    return table(head, map(_cells, rows(settings_classes)))


def _row(variable: str, field: FieldInfo, reader: str) -> Row:
    aliases = tuple(name for name in _aliases(field) if name != variable)
    return Row(variable, aliases, _default(field), reader, field.description or "")


def _aliases(field: FieldInfo) -> Iterator[str]:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        # The lower-case alias is for code; environment variables are upper case.
        yield from (str(choice) for choice in alias.choices if str(choice).isupper())
    elif isinstance(alias, str):
        yield alias


def _reader(settings_class: type[BaseSettings], name: str) -> str:
    """Return the part that reads the setting; all parts read settings of the store."""
    if name in StoreSettings.model_fields:
        return "all"
    return settings_class.__name__.removesuffix("Settings").lower()


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if value is None or field.default_factory is not None:
        return "-"
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value)


def _cells(row: Row) -> tuple[str, ...]:
    aliases = f" (also {', '.join(f'`{name}`' for name in row.aliases)})" if row.aliases else ""
    return f"`{row.variable}`{aliases}", row.default, row.readers, row.description
