"""Clips of a recording: times in order, as in Whisper's `clip_timestamps`."""

import math

import pytest

from whisperfarm_contract import options
from whisperfarm_contract.clip_timestamps import parse
from whisperfarm_contract.problems import InvalidOption


@pytest.mark.parametrize(
    ("text", "clips"),
    [
        ("0", [(0, math.inf)]),
        ("1.5,3", [(1.5, 3)]),
        (" 0 , 10 , 20 ", [(0, 10), (20, math.inf)]),
        ("0,10,10,20", [(0, 10), (10, 20)]),
        ("1e1,20.0004", [(10, 20)]),
    ],
)
def test_parse_pairs_starts_and_ends(text: str, clips: list[tuple[float, float]]) -> None:
    assert parse(text) == clips


@pytest.mark.parametrize(
    ("given", "value"),
    [("0.0,1.50", "0,1.5"), (" 7 ", "7"), (7, "7"), (0.25, "0.25"), ("1.0004", "1")],
)
def test_equal_clips_have_the_same_value(given: object, value: str) -> None:
    assert options.read({"clip_timestamps": given}).clip_timestamps == value


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("a,b", "is not a list of times"),
        ("1,,2", "is not a list of times"),
        (",", "is not a list of times"),
        ([0, 1], "is not a list of times"),
        (True, "is not a list of times"),
        ("-1,2", "-1 is not a time from 0"),
        (-1, "-1 is not a time from 0"),
        ("nan", "nan is not a time"),
        ("0,inf", "inf is not a time"),
        ("2,1", "from 2 to 1 s is empty"),
        ("2,2", "from 2 to 2 s is empty"),
        ("1,1.0004", "from 1 to 1 s is empty"),
        ("5,9,1,3", "starts at 1 s, before the previous one ends at 9 s"),
        ("1,3,2", "starts at 2 s, before the previous one ends at 3 s"),
        ("0," * 1001, "has 2002 characters"),
    ],
)
def test_invalid_clips_are_rejected_with_the_reason(given: object, message: str) -> None:
    with pytest.raises(InvalidOption, match=f"^clip_timestamps: .*{message}"):
        options.read({"clip_timestamps": given})
