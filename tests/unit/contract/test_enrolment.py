"""What a caller sends to enrol a voice."""

from typing import Any

import pytest

from whisperfarm_contract.enrolment import Enrolment, read_enrolment
from whisperfarm_contract.problems import InvalidOption, UnknownOption

VALID = {"name": " Ana ", "consent": "form 17", "job": "j"}


def read(**members: Any) -> Enrolment:
    return read_enrolment({**VALID, **members}, now_s=0.0)


def test_enrolment_is_read() -> None:
    assert read() == Enrolment(name="Ana", consent="form 17", job="j")
    full = read(speaker="SPEAKER_01", expires_at="1970-01-01T01:00:01+01:00")
    assert (full.speaker, full.expires_at) == ("SPEAKER_01", 1.0)


@pytest.mark.parametrize(
    ("members", "why"),
    [
        *(({name: empty}, f"{name} is missing") for name in VALID for empty in ("", None)),
        ({"consent": "  "}, "consent is missing"),
        ({"name": "  "}, "0 characters"),
        ({"name": "a" * 61}, "61 characters"),
        ({"name": "<i>Ana"}, "< or >"),
        ({"name": "Ana\x1b[2J"}, "unprintable"),
        ({"name": "SPEAKER_01"}, "the farm gives"),
        ({"name": ["Ana"]}, "must be text"),
        ({"consent": "x" * 501}, "501 characters"),
        ({"job": "\0"}, "NUL"),
        ({"expires_at": "1969-12-31T23:59:59Z"}, "has passed"),
        ({"expires_at": 5}, "must be a time"),
        ({"expires_at": "tomorrow"}, "is not a time"),
    ],
)
def test_invalid_enrolments_are_refused(members: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidOption, match=why):
        read(**members)


def test_unknown_members_are_refused() -> None:
    with pytest.raises(UnknownOption, match="embedding"):
        read(embedding=[0.5])
