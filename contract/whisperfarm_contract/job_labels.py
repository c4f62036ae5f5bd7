"""What the caller calls a job: a batch, a reference and metadata of its own. They change neither
the transcript nor how the job is handled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import schema_fields
from whisperfarm_contract.field_types import FieldType, Identifier, JsonObject, PrintableLine
from whisperfarm_contract.schema_fields import option_field

MAX_BATCH_CHARS = 100
MAX_REFERENCE_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLabels:
    """The labels of one job. `None` means not given."""

    batch: str | None = option_field(
        Identifier(MAX_BATCH_CHARS),
        "the caller's own id of a batch of jobs, which are counted and cancelled together",
    )
    reference: str | None = option_field(
        PrintableLine(MAX_REFERENCE_CHARS),
        "the caller's own id of the recording, such as the id of a call; jobs can be listed by it",
    )
    metadata: Mapping[str, Any] | None = option_field(
        JsonObject(), "the caller's own JSON object, which is returned with the job"
    )

    def to_wire(self) -> dict[str, Any]:
        """Return the values that differ from their defaults, as JSON values."""
        return schema_fields.non_default_values(self)


NO_LABELS = JobLabels()

FIELD_TYPES: Mapping[str, FieldType] = schema_fields.field_types(JobLabels)


def read(raw: Mapping[str, Any]) -> JobLabels:
    """Read the members of `JobLabels` from form fields or JSON; ignore all other names.

    An empty or null value means not given. Raises `InvalidOption` with the name of the member.
    """
    return schema_fields.read(JobLabels, {name: raw[name] for name in FIELD_TYPES if name in raw})
