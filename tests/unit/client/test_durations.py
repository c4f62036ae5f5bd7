import pytest

from whisperfarm_client.durations import seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90", 90.0),
        ("1.5", 1.5),
        ("10m", 600.0),
        ("1h30m", 5400.0),
        ("1h0m0.5s", 3600.5),
        ("250ms", 0.25),
        (".5s", 0.5),
        (" 5s ", 5.0),
        ("0", 0.0),
    ],
)
def test_seconds_reads_numbers_and_go_durations(text: str, expected: float) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "m", "ten", "10 m", "-5s", "10m5", "1d", "inf", "5s!"])
def test_seconds_names_the_invalid_text(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        seconds(text)
