"""Kinds of values of an enrolment: the name of a speaker, and a time."""

from dataclasses import dataclass
from typing import Any

from whisperfarm_contract.channel_names import MAX_NAME_CHARS, check_name
from whisperfarm_contract.field_types import PrintableLine
from whisperfarm_contract.job import from_rfc3339


@dataclass(frozen=True, slots=True)
class SpeakerName:
    """A name that a speaker can have in a transcript, without spaces around it."""

    def read(self, raw: Any) -> str:
        name = PrintableLine(MAX_NAME_CHARS).read(raw).strip()
        check_name(name)
        return name

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": MAX_NAME_CHARS}


@dataclass(frozen=True, slots=True)
class Time:
    """A time with its offset from UTC; the value is in seconds since 1970."""

    def read(self, raw: Any) -> float:
        if not isinstance(raw, str):
            raise ValueError("the value must be a time such as 2024-11-20T16:26:40Z")
        return from_rfc3339(raw)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}
