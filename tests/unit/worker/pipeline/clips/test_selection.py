"""The clips within a recording, and what is said about the rest."""

from dataclasses import replace

import numpy as np
import pytest

from whisperfarm_contract import options
from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_worker.pipeline.clips.selection import select_clips, selected_s
from whisperfarm_worker.pipeline.state import PipelineState, Waveform


def _state(text: str | None, seconds: float = 10.0) -> PipelineState:
    waveform = Waveform(np.zeros((1, round(seconds * 16_000)), dtype=np.float32))
    state = PipelineState(preset=Preset(name="p", asr="a"), options=options.read({}))
    return replace(state, waveform=waveform, options=options.read({"clip_timestamps": text}))


def _clips(state: PipelineState) -> list[tuple[float, float]]:
    return [(clip.start, clip.end) for clip in state.clips]


def test_without_the_option_the_whole_recording_is_selected() -> None:
    state = select_clips(_state(None))
    assert (state.clips, state.warnings, state.provenance) == ((), (), {})
    assert selected_s(state) == 10.0


def test_clips_are_in_provenance_and_the_rest_in_a_warning() -> None:
    state = select_clips(_state("1,3,8"))
    assert _clips(state) == [(1, 3), (8, 10)]
    assert state.provenance == {"clips": [[1, 3], [8, 10]]}
    assert state.warnings == (
        "clip_timestamps: 4.0 of 10.0 s were transcribed; 6.0 s were left out",
    )
    assert selected_s(state) == 4.0


@pytest.mark.parametrize("text", ["0", "0,10", "0,10.3"])
def test_whole_recording_as_a_clip_gives_no_warning(text: str) -> None:
    state = select_clips(_state(text))
    assert (_clips(state), state.warnings) == ([(0, 10)], ())


def test_clip_that_ends_after_the_recording_gives_a_warning() -> None:
    state = select_clips(_state("5,60,90,100"))
    assert _clips(state) == [(5, 10)]
    assert [warning for warning in state.warnings if "from 5 to 60 s ends after the" in warning]
    assert [warning for warning in state.warnings if "from 90 to 100 s ends after the" in warning]


def test_clips_after_the_recording_are_rejected() -> None:
    with pytest.raises(InvalidOption, match=r"clip_timestamps: .* which has 10\.0 s"):
        select_clips(_state("10,20"))
