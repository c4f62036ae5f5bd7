import pytest

from whisperfarm_dispatcher.api.facades.linto.caller import is_linto


@pytest.mark.parametrize(
    ("fields", "accept", "from_linto"),
    [
        (["model"], "*/*", False),
        (["model"], "application/json", False),
        (["diarize"], "text/plain", False),
        ([], "*/*", False),
        ([], None, False),
        ([], "text/html", False),
        ([], "application/json", True),
        ([], "text/srt", True),
        (["transcriptionConfig"], None, True),
        (["force_sync"], "*/*", True),
        (["transcriptionConfig", "model"], "*/*", True),
    ],
)
def test_fields_decide_and_then_accept(
    fields: list[str], accept: str | None, from_linto: bool
) -> None:
    assert is_linto(fields, accept) is from_linto


def test_recording_as_the_body_is_not_from_linto() -> None:
    assert not is_linto([], "application/json", is_form=False)
