import pytest

from whisperfarm_dispatcher.api.accept import preferred

OFFERED = ("application/json", "text/plain", "text/vtt")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/vtt", "text/vtt"),
        ("TEXT/VTT; charset=utf-8", "text/vtt"),
        ("text/*", "text/plain"),
        ("text/plain;q=0.1, text/vtt;q=0.9", "text/vtt"),
        ("text/html, */*;q=0.8", "application/json"),
        ("application/json;q=0, */*", "text/plain"),
        ("text/vtt, text/plain", "text/vtt"),
        ("text/html", None),
        ("text/plain;q=nan", None),
        ("text/plain;q=high", None),
        ("", "application/json"),
    ],
)
def test_media_type_with_the_highest_quality_is_chosen(
    accept: str | None, chosen: str | None
) -> None:
    assert preferred(accept, OFFERED) == chosen


def test_only_the_first_ranges_are_read() -> None:
    assert preferred("text/html," * 100 + "text/plain", OFFERED) is None
