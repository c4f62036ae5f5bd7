"""The speakers inside the legs of a call, if a leg may have several."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count

from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.engines.port import Diarizer
from whisperfarm_worker.pipeline.postprocess.channel_speakers import channel_speaker
from whisperfarm_worker.pipeline.postprocess.speaker_counts import count_warnings
from whisperfarm_worker.pipeline.postprocess.speakers import rename, rename_turns
from whisperfarm_worker.pipeline.stages.diarized_channel import DiarizedChannel, diarize_channel
from whisperfarm_worker.pipeline.state import PipelineState


def diarize_legs(
    state: PipelineState, diarizer: Diarizer, monitor: AttemptMonitor
) -> PipelineState:
    """Name the speakers of each leg that has several, in a state whose legs have one each.

    They get the name of the leg and a number, such as `agent 1`, `agent 2`.
    """
    legs = sorted({segment.channel or 0 for segment in state.segments})
    for number, leg in enumerate(legs):
        on_progress = partial(_report_progress, monitor, number, len(legs))
        found = diarize_channel(state, leg, diarizer, on_progress)
        warnings = count_warnings(state.options, found.segments)
        state = state.warn(*(f"{state.options.leg_label(leg)}: {one}" for one in warnings))
        if len(found.speakers) > 1:
            state = _with_speakers(state, leg, found)
    turns = sorted(state.turns, key=lambda turn: (turn.start, turn.end))
    return replace(state, turns=tuple(turns))


def _with_speakers(state: PipelineState, leg: int, found: DiarizedChannel) -> PipelineState:
    names = dict(zip(found.speakers, _free_names(state, leg), strict=False))
    plain = _leg_name(state, leg)
    others = [one for one in state.segments if (one.channel or 0) != leg]
    turns = [turn for turn in state.turns if turn.speaker != plain]
    return replace(
        state,
        segments=(*others, *rename(found.segments, names)),
        turns=(*turns, *rename_turns(found.turns, names)),
    )


def _free_names(state: PipelineState, leg: int) -> Iterator[str]:
    """Yield names with a number; a leg of the same name keeps it."""
    legs = {_leg_name(state, number) for number in range(state.waveform.channels)}
    named = (f"{_leg_name(state, leg)} {number}" for number in count(1))
    return (name for name in named if name not in legs)


def _leg_name(state: PipelineState, leg: int) -> str:
    return channel_speaker(leg, state.options.listed_channel_names)


def _report_progress(monitor: AttemptMonitor, number: int, legs: int, done: float) -> None:
    monitor.report_progress("diarize", (number + done) / legs)
