"""Checks of the farm's JSON documents: the client relies on no member that it has not checked."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NoReturn

from whisperfarm_contract.states import JobState

Check = Callable[[Any], None]
"""Raises `InvalidDocument` if a value is not valid."""

MAX_TIME_S = 1e9
MAX_ID_CHARS = 200

MIN_BRACKETS = 1000
BYTES_PER_BRACKET = 16
"""More opening brackets than this are rejected. An object of a transcript has at least 20 bytes."""

_MAX_NUMBER = 1e300
_NONE: Mapping[str, Check] = MappingProxyType({})


class InvalidDocument(Exception):
    """A document is not valid. `path` names the member, such as `segments[0].start`."""

    def __init__(self, reason: str, path: str = "") -> None:
        self.reason = reason
        self.path = path
        super().__init__(f"{path.removeprefix('.')} {reason}".strip())

    def inside(self, parent: str) -> "InvalidDocument":
        """Return the same error, seen from the object or list around the member."""
        return InvalidDocument(self.reason, parent + self.path)


def parse_object(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object in `body`, or `None` if it is not one in UTF-8."""
    if _has_too_many_brackets(body):
        return None
    try:
        value = json.loads(body.decode(), parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _has_too_many_brackets(body: bytes) -> bool:
    """Whether parsing would take many times the memory of the text: a list of empty lists does."""
    return body.count(b"[") + body.count(b"{") > MIN_BRACKETS + len(body) // BYTES_PER_BRACKET


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def text(value: Any) -> None:
    if not isinstance(value, str):
        raise InvalidDocument("is not a text")


def identifier(value: Any) -> None:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID_CHARS:
        raise InvalidDocument("is not an id")


def boolean(value: Any) -> None:
    if not isinstance(value, bool):
        raise InvalidDocument("is not true or false")


def integer(value: Any) -> None:
    if type(value) is not int:
        raise InvalidDocument("is not an integer")


def number(value: Any) -> None:
    if type(value) not in {int, float} or not -_MAX_NUMBER <= value <= _MAX_NUMBER:
        raise InvalidDocument("is not a number")


def time_s(value: Any) -> None:
    if type(value) not in {int, float} or not 0 <= value <= MAX_TIME_S:
        raise InvalidDocument("is not a time in seconds")


def state(value: Any) -> None:
    if not isinstance(value, str) or value not in set(JobState):
        raise InvalidDocument("is not a state of a job")


def optional(check: Check) -> Check:
    """Return a check that also accepts null."""

    def check_optional(value: Any) -> None:
        if value is not None:
            check(value)

    return check_optional


def list_of(check: Check) -> Check:
    """Return a check of a list, whose items pass `check`."""

    def check_list(value: Any) -> None:
        if not isinstance(value, list):
            raise InvalidDocument("is not a list")
        index = 0
        try:
            for index, item in enumerate(value):  # noqa: B007
                check(item)
        except InvalidDocument as error:
            raise error.inside(f"[{index}]") from None

    return check_list


def object_of(required: Mapping[str, Check], others: Mapping[str, Check] = _NONE) -> Check:
    """Return a check of an object: `required` members, and `others` that may be missing."""

    def check_object(value: Any) -> None:
        if not isinstance(value, dict):
            raise InvalidDocument("is not an object")
        name = ""
        try:
            for name, check in required.items():
                if name not in value:
                    raise InvalidDocument("is missing")
                check(value[name])
            for name, check in others.items():
                if name in value:
                    check(value[name])
        except InvalidDocument as error:
            raise error.inside(f".{name}") from None

    return check_object


_SPAN: Mapping[str, Check] = {"start": time_s, "end": time_s}
_SPEAKER: Mapping[str, Check] = {"speaker": optional(text)}

_WORD = object_of(
    {"word": text, **_SPAN}, {**_SPEAKER, "score": optional(number), "interpolated": boolean}
)
_SEGMENT = object_of(
    {"id": integer, **_SPAN, "text": text, "words": list_of(_WORD)},
    {
        **_SPEAKER,
        "avg_logprob": optional(number),
        "channel": optional(integer),
        "language": optional(text),
    },
)
_COVERAGE = object_of(
    {
        "audio_s": time_s,
        "speech_s": time_s,
        "transcribed_s": time_s,
        "interpolated_words": integer,
        "gaps": list_of(object_of(_SPAN)),
    },
    {"other_sound_s": time_s, "other_sounds": list_of(object_of(_SPAN))},
)
_RECORDING = object_of(
    {"start_s": time_s, "start_timecode": text}, {"frame_rate": text, "drop_frame": boolean}
)

TRANSCRIPT = object_of(
    {
        "text": text,
        "language": text,
        "duration": time_s,
        "segments": list_of(_SEGMENT),
        "word_segments": list_of(_WORD),
        "turns": list_of(object_of({**_SPAN, "speaker": text})),
        "task": text,
        "model": text,
        "language_probability": optional(number),
        "coverage": _COVERAGE,
        "warnings": list_of(text),
        "provenance": object_of({}),
    },
    {
        "recording": _RECORDING,
        "known_speakers": list_of(object_of({"name": text, "voice": text, "score": number})),
    },
)
"""The members that the farm always writes, and those that it writes if there is a time code, and if
speakers were to be named by their voices."""
