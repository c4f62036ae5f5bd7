"""Which engine a worker has."""

import pytest

from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_models.engine_spec import FASTER_WHISPER, WHISPERX, Kind, choose, meant


@pytest.mark.parametrize(
    ("wanted", "installed", "chosen"),
    [
        ("auto", {"whisperx", "faster_whisper"}, WHISPERX),
        ("auto", {"faster_whisper"}, FASTER_WHISPER),
        ("faster-whisper", {"whisperx", "faster_whisper"}, FASTER_WHISPER),
        ("whisperx", {"whisperx"}, WHISPERX),
    ],
)
def test_the_engine_is_the_one_that_is_set_or_the_best_that_is_there(
    wanted: str, installed: set[str], chosen: Kind
) -> None:
    assert choose(wanted, find=lambda name: name if name in installed else None) is chosen


def test_an_engine_that_is_not_installed_is_wrong_and_the_mend_is_named() -> None:
    with pytest.raises(SettingsWrong, match=r"WHISPERFARM_ENGINE: whisperx: .*whisperfarm\[worker"):
        choose("whisperx", find=lambda _: None)
    with pytest.raises(SettingsWrong, match=r"worker\]' or .*whisperfarm\[edge"):
        choose("auto", find=lambda _: None)


def test_models_can_be_fetched_before_an_engine_is_there() -> None:
    assert meant("auto", find=lambda _: None) is WHISPERX
    assert meant("faster-whisper", find=lambda _: None) is FASTER_WHISPER
