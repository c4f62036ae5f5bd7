"""The schema files agree with the code that generates them."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from whisperfarm_dispatcher.amqp.schema import json_schema

KEPT = Path(__file__).parents[3] / "docs" / "schemas" / "job-message.json"


def test_message_schema_file_is_current() -> None:
    assert json.loads(KEPT.read_text(encoding="utf-8")) == json_schema()


@pytest.mark.parametrize(
    "message",
    [
        {"id": "1", "audio": {"base64": "UklGRg=="}, "filename": "a.wav", "diarize": True},
        {"audio": {"blob": "intake/default/a.wav"}, "deadline_s": 60},
        {"audio": {"url": "https://example.com/a.wav"}, "callback_url": "https://example.com"},
    ],
)
def test_valid_messages_match_the_schema(message: object) -> None:
    Draft202012Validator.check_schema(json_schema())
    Draft202012Validator(json_schema()).validate(message)


@pytest.mark.parametrize(
    "message",
    [
        {},
        [],
        {"audio": {}},
        {"audio": {"base64": "AAAA", "url": "https://example.com"}},
        {"audio": {"blob": "audio/default/x"}},
        {"audio": {"url": "file:///x"}},
        {"audio": {"base64": "AAAA"}, "lanugage": "en"},
    ],
)
def test_invalid_messages_do_not_match_the_schema(message: object) -> None:
    assert not Draft202012Validator(json_schema()).is_valid(message)
