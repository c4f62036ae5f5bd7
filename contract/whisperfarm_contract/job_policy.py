"""How the farm handles a job: lane, deadline, polls, cache, callback, additions.

They never change the transcript, as options do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import schema_fields
from whisperfarm_contract.additions import AdditionNames
from whisperfarm_contract.field_types import Boolean, Enum, FieldType, Number, String
from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.schema_fields import option_field

REQUIRED = "required"
"""The value of `approval`."""

_MAX_DEADLINE_S = 30 * 86_400
MAX_KEEP_DAYS = 36_500
"""A hundred years."""
_MIN_UNPOLLED_S, _MAX_UNPOLLED_S = 10, 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPolicy:
    """How the farm handles one job. `None` means not given."""

    lane: str = option_field(
        Enum(tuple(Lane)),
        "jobs that a caller waits for start before standard ones, and bulk jobs after them",
        "standard",
    )
    deadline_s: float | None = option_field(
        Number(1, _MAX_DEADLINE_S),
        "seconds after the submission at which the job fails if it has not ended",
    )
    cancel_unless_polled_s: float | None = option_field(
        Number(_MIN_UNPOLLED_S, _MAX_UNPOLLED_S),
        "the job is cancelled if its caller has not asked for it for this many seconds",
    )
    cache: bool = option_field(
        Boolean(), "reuse an earlier transcript of the same recording with the same options", True
    )
    approval: str | None = option_field(
        Enum((REQUIRED,)),
        "required: the transcript counts as final once a supervisor has approved it",
    )
    keep_audio_days: float | None = option_field(
        Number(0, MAX_KEEP_DAYS),
        "days after its end at which the recording is deleted, if the farm does not delete it"
        " before; 0: at once",
    )
    keep_results_days: float | None = option_field(
        Number(0, MAX_KEEP_DAYS),
        "days after its end at which the transcripts are deleted, if the farm does not delete them"
        " before; 0: at once",
    )
    callback_url: str | None = option_field(
        String(2000), "address to which the farm sends a POST request when the job ends"
    )

    additions: str | None = option_field(
        AdditionNames(),
        "analyses that this farm makes of the transcript and keeps beside it, separated by commas",
    )

    def to_wire(self) -> dict[str, Any]:
        """Return the values that differ from their defaults, as JSON values."""
        return schema_fields.non_default_values(self)


DEFAULT_POLICY = JobPolicy()

FIELD_TYPES: Mapping[str, FieldType] = schema_fields.field_types(JobPolicy)


def read(raw: Mapping[str, Any]) -> JobPolicy:
    """Read the members of `JobPolicy` from form fields or JSON; ignore all other names.

    An empty or null value means not given. Raises `InvalidOption` with the name of the member.
    """
    return schema_fields.read(JobPolicy, {name: raw[name] for name in FIELD_TYPES if name in raw})


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the wire form."""
    return schema_fields.json_schema(JobPolicy, title="Policy of a whisperfarm job")
