"""Translates LinTO's `transcriptionConfig` to options."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from whisperfarm_contract import language_tags
from whisperfarm_contract.field_types import Boolean, FieldType, Integer, Number, String
from whisperfarm_contract.problems import ClientError, InvalidOption, UnknownOption

EFFECTS: Mapping[str, str] = MappingProxyType(
    {
        "language": "the spoken language, as a tag or English name; `*`: detected",
        "vadConfig.enableVad": "`false` is refused: the farm always finds the speech first",
        "vadConfig.methodName": "no effect",
        "vadConfig.minDuration": "no effect",
        "vadConfig.maxDuration": "no effect",
        "diarizationConfig.enableDiarization": "assign a speaker to each word",
        "diarizationConfig.numberOfSpeaker": "exact number of speakers",
        "diarizationConfig.maxNumberOfSpeaker": "maximum number, without `numberOfSpeaker`",
        "diarizationConfig.serviceName": "no effect: the preset has its diarizer",
        "diarizationConfig.speakerIdentification": "refused: the farm does not name speakers",
        "diarizationConfig.speakerIdentificationConfig": "refused: the farm does not name speakers",
        "punctuationConfig.enablePunctuation": "no effect: the models always write punctuation",
        "punctuationConfig.serviceName": "no effect",
    }
)
"""The effect of each member. Others are refused by name; null means not given."""

_NAME = "transcriptionConfig"
_GROUPS = frozenset(name.partition(".")[0] for name in EFFECTS if "." in name)
TYPES: Mapping[str, FieldType] = MappingProxyType(
    {
        "language": String(100),
        "vadConfig.enableVad": Boolean(),
        "vadConfig.methodName": String(100),
        "vadConfig.minDuration": Number(0, 1_000_000),
        "vadConfig.maxDuration": Number(0, 1_000_000),
        "diarizationConfig.enableDiarization": Boolean(),
        "diarizationConfig.numberOfSpeaker": Integer(1, 50),
        "diarizationConfig.maxNumberOfSpeaker": Integer(1, 50),
        "diarizationConfig.serviceName": String(200),
        "punctuationConfig.enablePunctuation": Boolean(),
        "punctuationConfig.serviceName": String(200),
    }
)


def options(text: str) -> Mapping[str, str]:
    """Return the options. Raises `ClientError`, `UnknownOption` or `InvalidOption`."""
    members = {name: _read(name, value) for name, value in _flat(_parse(text)).items()}
    if members.get("vadConfig.enableVad") is False:
        raise InvalidOption(
            f"{_NAME}.vadConfig.enableVad: the farm always finds the speech first; omit it"
        )
    return {**_language(members.get("language", "*")), **_speakers(members)}


def _parse(text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ClientError(f"{_NAME}: the text is not valid JSON") from None
    if not isinstance(document, dict):
        raise ClientError(f"{_NAME}: the value is not a JSON object")
    return document


def _flat(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that are given, with the names of their groups."""
    flat: dict[str, Any] = {}
    for name, value in document.items():
        if name in _GROUPS and isinstance(value, dict):
            flat.update({f"{name}.{member}": one for member, one in value.items()})
        elif name in _GROUPS and value is not None:
            raise InvalidOption(f"{_NAME}.{name}: the value is not a JSON object")
        elif name not in _GROUPS:
            flat[name] = value
    _check_names(flat)
    return {name: value for name, value in flat.items() if value is not None}


def _check_names(members: Mapping[str, Any]) -> None:
    for name in members:
        if name not in EFFECTS:
            raise UnknownOption(
                f"{_NAME} has no member {name!r} that the farm knows; known: {', '.join(EFFECTS)}"
            )


def _read(name: str, value: Any) -> Any:
    if name not in TYPES:
        raise InvalidOption(f"{_NAME}.{name}: the farm does not name speakers; omit it")
    try:
        return TYPES[name].read(value)
    except ValueError as error:
        raise InvalidOption(f"{_NAME}.{name}: {error}") from None


def _language(language: str) -> Mapping[str, str]:
    return {} if language in ("*", "") else {"language": language_tags.normalize(language)}


def _speakers(members: Mapping[str, Any]) -> Mapping[str, str]:
    enabled = members.get("diarizationConfig.enableDiarization")
    if not enabled:
        return {} if enabled is None else {"diarize": "false"}
    exact = members.get("diarizationConfig.numberOfSpeaker")
    most = members.get("diarizationConfig.maxNumberOfSpeaker")
    if exact is not None:
        return {"diarize": "true", "num_speakers": str(exact)}
    return {"diarize": "true"} | ({} if most is None else {"max_speakers": str(most)})
