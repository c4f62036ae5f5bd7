"""Options for all recordings of a batch."""

import pytest

from whisperfarm.remote import job_options as options
from whisperfarm_contract.problems import InvalidOption, UnknownOption


def test_preset_is_the_option_model() -> None:
    given = options.from_flags("better", ["language=de", "reference=a=b"])
    assert given == {"lane": "bulk", "model": "better", "language": "de", "reference": "a=b"}


def test_lane_that_is_given_replaces_bulk() -> None:
    assert options.from_flags(None, ["lane=live"]) == {"lane": "live"}


@pytest.mark.parametrize(
    ("preset", "pairs", "problem", "text"),
    [
        (None, ["language"], InvalidOption, "NAME=VALUE"),
        (None, ["beam_size=1", "beam_size=2"], InvalidOption, "twice"),
        (None, ["beam_size=many"], InvalidOption, "beam_size"),
        (None, ["colour=red"], UnknownOption, "colour"),
        (None, ["batch=mine"], UnknownOption, "batch"),
        ("a", ["model=b"], InvalidOption, "contradicts"),
    ],
)
def test_invalid_options_are_refused(
    preset: str | None, pairs: list[str], problem: type[InvalidOption], text: str
) -> None:
    with pytest.raises(problem, match=text):
        options.from_flags(preset, pairs)
