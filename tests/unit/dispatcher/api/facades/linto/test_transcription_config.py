import json
from typing import Any

import pytest

from whisperfarm_contract.problems import ClientError, InvalidOption, UnknownOption
from whisperfarm_dispatcher.api.facades.linto.transcription_config import options

DOCUMENTED = {
    "language": "fr-FR",
    "vadConfig": {
        "enableVad": True, "methodName": "WebRTC", "minDuration": 30, "maxDuration": 1200,
    },
    "diarizationConfig": {
        "enableDiarization": True,
        "numberOfSpeaker": None,
        "maxNumberOfSpeaker": 50,
        "speakerIdentification": None,
        "speakerIdentificationConfig": None,
        "serviceName": None,
    },
    "punctuationConfig": {"enablePunctuation": False, "serviceName": None},
}  # fmt: skip


def translated(**config: Any) -> dict[str, str]:
    return dict(options(json.dumps(config)))


def test_documented_configuration_is_accepted() -> None:
    assert translated(**DOCUMENTED) == {"language": "fr", "diarize": "true", "max_speakers": "50"}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, {}),
        ({"language": None, "vadConfig": None}, {}),
        ({"language": "*"}, {}),
        ({"language": "French"}, {"language": "fr"}),
        ({"diarizationConfig": {"enableDiarization": False}}, {"diarize": "false"}),
        ({"diarizationConfig": {"numberOfSpeaker": 2}}, {}),
        (
            {
                "diarizationConfig": {
                    "enableDiarization": True,
                    "numberOfSpeaker": 2,
                    "maxNumberOfSpeaker": 9,
                }
            },
            {"diarize": "true", "num_speakers": "2"},
        ),
    ],
)
def test_members_become_options(config: dict[str, Any], expected: dict[str, str]) -> None:
    assert translated(**config) == expected


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"vadConfig": {"enableVad": False}}, "vadConfig.enableVad"),
        ({"vadConfig": 3}, "vadConfig"),
        ({"language": 3}, "language"),
        ({"diarizationConfig": {"numberOfSpeaker": 99}}, "diarizationConfig.numberOfSpeaker"),
        (
            {"diarizationConfig": {"speakerIdentification": "*"}},
            "diarizationConfig.speakerIdentification",
        ),
    ],
)
def test_member_without_an_equivalent_is_refused_by_name(config: dict[str, Any], name: str) -> None:
    with pytest.raises(InvalidOption, match=f"^transcriptionConfig.{name}: "):
        translated(**config)


@pytest.mark.parametrize("config", [{"colour": 1}, {"vadConfig": {"colour": 1}}])
def test_unknown_member_is_refused_by_name(config: dict[str, Any]) -> None:
    with pytest.raises(UnknownOption, match="colour"):
        translated(**config)


@pytest.mark.parametrize("text", ["{", "[]", "3", "[" * 16_000])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ClientError, match=r"^transcriptionConfig: "):
        options(text)
