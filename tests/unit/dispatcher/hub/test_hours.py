"""The hours in which recordings are sent."""

from datetime import UTC, datetime

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.hub.hours import read_hours


@pytest.mark.parametrize(
    ("text", "time", "wait_s"),
    [
        ("22:00-06:00 UTC", "21:00", 3600),
        ("22:00-06:00 UTC", "22:00", 0),
        ("22:00-06:00 UTC", "05:59", 0),
        ("22:00-06:00 UTC", "06:00", 16 * 3600),
        ("08:30-24:00 UTC", "08:00", 1800),
        ("08:30-24:00 UTC", "23:59", 0),
        ("00:00-06:00 Europe/Berlin", "23:30", 0),
        ("00:00-06:00 Europe/Berlin", "22:00", 3600),
    ],
)
def test_wait_ends_when_the_hours_begin(text: str, time: str, wait_s: float) -> None:
    hours = read_hours(text)
    assert hours is not None
    now = datetime.fromisoformat(f"2026-01-15T{time}:00").replace(tzinfo=UTC)
    assert hours.wait_s(now) == wait_s


def test_no_hours_are_always() -> None:
    assert read_hours(None) is None


@pytest.mark.parametrize(
    "text", ["", "22-6", "22:00-06:00 Mars/Base", "25:00-06:00", "10:60-11:00", "06:00-06:00"]
)
def test_invalid_hours_name_the_setting(text: str) -> None:
    with pytest.raises(InvalidSettings, match="WHISPERFARM_HUB_HOURS"):
        read_hours(text)
