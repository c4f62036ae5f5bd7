"""What a caller sends to enrol the voice of a speaker."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract import schema_fields
from whisperfarm_contract.enrolment_types import SpeakerName, Time
from whisperfarm_contract.field_types import PrintableLine
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_contract.schema_fields import option_field
from whisperfarm_contract.voices import MAX_CONSENT_CHARS

_REQUIRED = ("name", "consent", "job")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """The voice of a speaker of a job, under a name.

    Without `speaker`, the job must have one voice. Without `expires_at`, the voice stays until it
    is erased.
    """

    name: str = option_field(SpeakerName(), "the name of the person")
    consent: str = option_field(
        PrintableLine(MAX_CONSENT_CHARS), "how the person agreed, such as where the form is"
    )
    job: str = option_field(PrintableLine(64), "the id of a job with keep_voices")
    speaker: str | None = option_field(
        PrintableLine(200), "the speaker, as the machine's transcript names it; default: the only"
    )
    expires_at: float | None = option_field(Time(), "when the voice is erased; default: never")


def read_enrolment(raw: Mapping[str, Any], *, now_s: float) -> Enrolment:
    """Read an enrolment from JSON. Raises `InvalidOption` or `UnknownOption`."""
    wanted = schema_fields.read(Enrolment, raw)
    for name in _REQUIRED:
        if not (getattr(wanted, name) or "").strip():
            raise InvalidOption(f"{name} is missing; an enrolment has {', '.join(_REQUIRED)}")
    if wanted.expires_at is not None and wanted.expires_at <= now_s:
        raise InvalidOption("expires_at: the time has passed; choose a later one")
    return wanted


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an enrolment."""
    return {**schema_fields.object_schema(Enrolment), "required": [*_REQUIRED]}
