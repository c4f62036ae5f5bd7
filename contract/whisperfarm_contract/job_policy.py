"""How a job is to be handled: what a caller may ask of the farm, where options are asked of the
engine. Terms never change what is in a transcript."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract.fields import Kind, Number, Switch, Text
from whisperfarm_contract.problems import OptionWrong
from whisperfarm_contract.record import given, kinds, member, properties

_LONGEST_DEADLINE_S = 30 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of one job."""

    deadline_s: float | None = member(
        Number(1, _LONGEST_DEADLINE_S), "the job fails unless it has ended after so many seconds"
    )
    cache: bool = member(
        Switch(), "answer with the transcript of the same recording, if it was made before", True
    )
    callback_url: str | None = member(Text(2000), "address that is told when the job has ended")

    def to_wire(self) -> dict[str, Any]:
        """The terms that were given, as JSON takes them."""
        return given(self)


AS_USUAL = Terms()

KINDS: Mapping[str, Kind] = kinds(Terms)


def read(raw: Mapping[str, Any]) -> Terms:
    """The terms among form fields or JSON members; other names are not looked at.

    An empty or null value means not given. Raises `OptionWrong`, naming the term.
    """
    values: dict[str, Any] = {}
    for name, kind in KINDS.items():
        value = raw.get(name)
        if value is not None and value != "":
            values[name] = _read_one(name, kind, value)
    return Terms(**values)


def _read_one(name: str, kind: Kind, value: Any) -> Any:
    try:
        return kind.read(value)
    except ValueError as error:
        raise OptionWrong(f"{name}: {error}") from None


def json_schema() -> dict[str, Any]:
    """The properties of the wire form, as JSON Schema (2020-12) has them."""
    return properties(Terms)
