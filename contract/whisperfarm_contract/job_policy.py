"""How the farm handles a job: deadline, cache, callback. They never change the transcript, as
options do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import record
from whisperfarm_contract.fields import Kind, Number, Switch, Text
from whisperfarm_contract.record import member

_LONGEST_DEADLINE_S = 30 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How the farm handles one job. `None` means not given."""

    deadline_s: float | None = member(
        Number(1, _LONGEST_DEADLINE_S),
        "seconds after the submission at which the job fails if it has not ended",
    )
    cache: bool = member(
        Switch(), "reuse an earlier transcript of the same recording with the same options", True
    )
    callback_url: str | None = member(
        Text(2000), "address to which the farm sends a POST request when the job ends"
    )

    def to_wire(self) -> dict[str, Any]:
        """Return the values that differ from their defaults, as JSON values."""
        return record.given(self)


AS_USUAL = Terms()

KINDS: Mapping[str, Kind] = record.kinds(Terms)


def read(raw: Mapping[str, Any]) -> Terms:
    """Read the members of `Terms` from form fields or JSON; ignore all other names.

    An empty or null value means not given. Raises `OptionWrong` with the name of the member.
    """
    return record.read(Terms, {name: raw[name] for name in KINDS if name in raw})


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the wire form."""
    return record.json_schema(Terms, title="Terms of a whisperfarm job")
