"""The options of a call with several recordings."""

import pytest

from whisperfarm_contract import legs, options
from whisperfarm_contract.problems import AudioEmpty, InvalidOption


def test_legs_have_offsets_names_and_labels() -> None:
    given = options.read({"leg_offset_s": "0, 5.20,1e1", "leg_name": "agent, ,Anna M."})
    assert given.leg_offsets_s == (0.0, 5.2, 10.0)
    assert given.listed_channel_names == ("agent", "", "Anna M.")
    assert given.speaker_per_channel
    assert [given.leg_label(number) for number in range(3)] == [
        "leg 0 (agent)", "leg 1", "leg 2 (Anna M.)",
    ]  # fmt: skip
    assert given.to_wire() == {"leg_offset_s": "0,5.2,10", "leg_name": "agent,,Anna M."}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("leg_offset_s", "0,-5"),
        ("leg_offset_s", "0,nan"),
        ("leg_offset_s", "0,inf"),
        ("leg_offset_s", "0,1000001"),
        ("leg_offset_s", "0,,5"),
        ("leg_offset_s", "0,later"),
        ("leg_offset_s", "0," + "0" * 61),
        ("leg_offset_s", ",".join(["0"] * 17)),
        ("leg_offset_s", True),
        ("leg_name", "agent,agent"),
        ("leg_name", "SPEAKER_00,"),
        ("leg_name", "<b>,"),
        ("leg_name", "," * 16),
        ("leg_name", ["agent"]),
    ],
)
def test_invalid_legs_are_rejected(name: str, given: object) -> None:
    with pytest.raises(InvalidOption, match=f"^{name}: "):
        options.read({name: given})


@pytest.mark.parametrize("leg_option", [{"leg_offset_s": "0,5"}, {"leg_name": "agent,customer"}])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("channels", "speakers"),
        ("channel_names", "agent,customer"),
        ("track", "0"),
    ],
)
def test_options_that_contradict_legs_are_rejected_by_name(
    leg_option: dict[str, str], name: str, value: str
) -> None:
    with pytest.raises(InvalidOption, match=f"^{name}: "):
        options.read({**leg_option, name: value})


@pytest.mark.parametrize("asked", [{}, {"diarize": "false"}, {"max_speakers": "2"}])
def test_legs_are_diarized_only_if_the_caller_asks(asked: dict[str, str]) -> None:
    given = options.read({"leg_offset_s": "0,5", **asked})
    for by_default in (True, False):
        assert given.wants_diarizer(by_default=by_default) is ("max_speakers" in asked)


def test_problem_of_a_leg_begins_with_its_label() -> None:
    with (
        pytest.raises(AudioEmpty, match=r"^leg 1: the file is empty$") as raised,
        legs.naming("leg 1"),
    ):
        raise AudioEmpty("the file is empty")
    assert raised.value.to_wire()["detail"] == "leg 1: the file is empty"
