"""Which engine a worker has."""

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_models.engine_spec import (
    FASTER_WHISPER,
    WHISPERX,
    EngineSpec,
    resolve,
    select,
)


@pytest.mark.parametrize(
    ("wanted", "installed", "chosen"),
    [
        ("auto", {"whisperx", "faster_whisper"}, WHISPERX),
        ("auto", {"faster_whisper"}, FASTER_WHISPER),
        ("faster-whisper", {"whisperx", "faster_whisper"}, FASTER_WHISPER),
        ("whisperx", {"whisperx"}, WHISPERX),
    ],
)
def test_select_returns_the_set_or_first_installed_engine(
    wanted: str, installed: set[str], chosen: EngineSpec
) -> None:
    assert select(wanted, find_package=lambda name: name if name in installed else None) is chosen


def test_select_names_the_extra_of_a_missing_engine() -> None:
    with pytest.raises(
        InvalidSettings, match=r"WHISPERFARM_ENGINE: whisperx: .*whisperfarm\[worker"
    ):
        select("whisperx", find_package=lambda _: None)
    with pytest.raises(InvalidSettings, match=r"worker\]' or .*whisperfarm\[edge"):
        select("auto", find_package=lambda _: None)


def test_resolve_works_without_an_installed_engine() -> None:
    assert resolve("auto", find_package=lambda _: None) is WHISPERX
    assert resolve("faster-whisper", find_package=lambda _: None) is FASTER_WHISPER
