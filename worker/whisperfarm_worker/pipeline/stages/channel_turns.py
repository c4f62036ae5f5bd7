"""The turns of a recording in which each channel is one speaker."""

from collections.abc import Sequence
from dataclasses import replace

from whisperfarm_contract.transcript import Segment, Turn
from whisperfarm_worker.pipeline.postprocess.channel_speakers import (
    channel_speaker,
    name_warnings,
)
from whisperfarm_worker.pipeline.postprocess.speakers import clip, drop_wordless
from whisperfarm_worker.pipeline.state import PipelineState


def name_by_channel(state: PipelineState) -> PipelineState:
    """Name the speaker of each word by its channel, and set the turns."""
    names = state.options.listed_channel_names
    state = state.warn(*name_warnings(names, channels=state.waveform.channels))
    segments = [_with_speaker(segment, names) for segment in state.segments]
    turns = [
        Turn(
            start=round(region.start, 3),
            end=round(region.end, 3),
            speaker=channel_speaker(window.channel, names),
        )
        for window in state.windows
        for region in window.regions
    ]
    turns = drop_wordless(clip(turns, state.waveform.seconds), segments)
    turns.sort(key=lambda turn: (turn.start, turn.end))
    result = replace(state, segments=tuple(segments), turns=tuple(turns))
    if state.waveform.channels > 1:
        return result
    return result.warn("channels=speakers: the audio has one channel, so it has one speaker")


def _with_speaker(segment: Segment, names: Sequence[str]) -> Segment:
    speaker = channel_speaker(segment.channel or 0, names)
    words = tuple(replace(word, speaker=speaker) for word in segment.words)
    return replace(segment, speaker=speaker, words=words)
