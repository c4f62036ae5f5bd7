"""How a job is to be handled: what a caller may ask of the farm, where options are asked of the
engine. Terms never change what is in a transcript."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import record
from whisperfarm_contract.fields import Kind, Number, Switch, Text
from whisperfarm_contract.record import member

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
        return record.given(self)


AS_USUAL = Terms()

KINDS: Mapping[str, Kind] = record.kinds(Terms)


def read(raw: Mapping[str, Any]) -> Terms:
    """The terms among form fields or JSON members; other names are not looked at.

    An empty or null value means not given. Raises `OptionWrong`, naming the term.
    """
    return record.read(Terms, {name: raw[name] for name in KINDS if name in raw})


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the wire form."""
    return record.json_schema(Terms, title="Terms of a whisperfarm job")
