"""The clips of a recording that its caller wants, by `clip_timestamps`."""

from collections.abc import Sequence
from dataclasses import replace

from whisperfarm_contract import clip_timestamps
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_worker.pipeline.state import PipelineState, TimeSpan

_TOLERANCE_S = 0.5
"""A clip that ends less than this after the recording gives no warning: players round lengths."""


def select_clips(state: PipelineState) -> PipelineState:
    """Set `clips`, with warnings about what is left out and about clips after the recording's end.

    Raises `InvalidOption` if all clips start after the end.
    """
    if state.options.clip_timestamps is None:
        return state
    audio_s = state.waveform.seconds
    named = clip_timestamps.parse(state.options.clip_timestamps)
    clips = tuple(TimeSpan(start, min(end, audio_s)) for start, end in named if start < audio_s)
    if not clips:
        raise InvalidOption(
            f"clip_timestamps: all clips start after the end of the recording, which has"
            f" {audio_s:.1f} s; correct or omit them"
        )
    return replace(
        state,
        clips=clips,
        provenance={**state.provenance, "clips": [[clip.start, clip.end] for clip in clips]},
    ).warn(*_late_clip_warnings(named, audio_s), *_left_out_warnings(clips, audio_s))


def channel_parts(state: PipelineState, channel: int) -> tuple[TimeSpan, ...]:
    """Return the parts of a channel to search for speech: the clips without the channel's
    padding."""
    waveform = state.waveform
    span = waveform.spans[channel] if waveform.spans else TimeSpan(0.0, waveform.seconds)
    clips = state.clips or (span,)
    cut = (TimeSpan(max(one.start, span.start), min(one.end, span.end)) for one in clips)
    return tuple(one for one in cut if one.start < one.end)


def selected_s(state: PipelineState) -> float:
    """Return how many seconds of the recording are transcribed."""
    return _total_s(state.clips) if state.clips else state.waveform.seconds


def _late_clip_warnings(named: Sequence[clip_timestamps.Clip], audio_s: float) -> list[str]:
    return [
        f"clip_timestamps: the clip from {start:g} to {end:g} s ends after the recording, which has"
        f" {audio_s:.1f} s"
        for start, end in named
        if start >= audio_s or audio_s + _TOLERANCE_S < end < float("inf")
    ]


def _left_out_warnings(clips: Sequence[TimeSpan], audio_s: float) -> list[str]:
    left_out_s = audio_s - _total_s(clips)
    if left_out_s < _TOLERANCE_S:
        return []
    return [
        f"clip_timestamps: {_total_s(clips):.1f} of {audio_s:.1f} s were transcribed;"
        f" {left_out_s:.1f} s were left out"
    ]


def _total_s(clips: Sequence[TimeSpan]) -> float:
    return sum(clip.end - clip.start for clip in clips)
