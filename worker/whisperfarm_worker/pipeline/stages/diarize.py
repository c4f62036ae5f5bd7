"""diarize: a speaker for every word, by a diarizer, or by channel if each is one speaker."""

from collections.abc import Sequence
from dataclasses import replace

from whisperfarm_contract.problems import InvalidOption
from whisperfarm_contract.transcript import Segment, Turn
from whisperfarm_worker.attempt.monitor import AttemptMonitor
from whisperfarm_worker.engines.port import Diarizer
from whisperfarm_worker.pipeline.clips.diarizer import clipped_diarizer
from whisperfarm_worker.pipeline.context import StageContext
from whisperfarm_worker.pipeline.levels.gain import amplify
from whisperfarm_worker.pipeline.postprocess.channel_speakers import (
    channel_speaker,
    name_warnings,
)
from whisperfarm_worker.pipeline.postprocess.speaker_changes import settle
from whisperfarm_worker.pipeline.postprocess.speakers import (
    assign,
    clip,
    drop_wordless,
    relabel_by_appearance,
)
from whisperfarm_worker.pipeline.state import PipelineState, regions_of


def diarize(state: PipelineState, context: StageContext, monitor: AttemptMonitor) -> PipelineState:
    """Set `turns`, and split `segments` so that each has one speaker.

    If the job does not ask for speakers, nothing but warnings is set. Raises `InvalidOption` if it
    does and this farm has no diarizer.
    """
    if state.speaker_per_channel:
        return _by_channel(state)
    state = state.warn(*_ignored_names(state))
    if not _wanted(state):
        return state.warn(*_ignored_options(state))
    diarizer = _diarizer(state, context)
    if not state.segments:
        return state
    found = clipped_diarizer(diarizer, state.clips).turns(
        amplify(state.waveform.samples[0], regions_of(state.windows)),
        num_speakers=state.options.num_speakers,
        min_speakers=state.options.min_speakers,
        max_speakers=state.options.max_speakers,
        on_progress=lambda done: monitor.report_progress("diarize", done),
    )
    settled = settle(clip(found, state.waveform.seconds), state.segments)
    turns = _turns_with_words(settled, state.segments)
    if not turns:
        return state.warn("the diarizer found no speakers, so the words have none")
    segments = tuple(assign(state.segments, turns))
    result = replace(state, turns=tuple(turns), segments=segments)
    return result.warn(*_other_number_of_speakers(result))


def _other_number_of_speakers(state: PipelineState) -> list[str]:
    """Return a warning for each requested number that the speakers with words do not match."""
    found = len({word.speaker for segment in state.segments for word in segment.words} - {None})
    options = state.options
    missed = {
        "num_speakers": options.num_speakers not in (None, found),
        "min_speakers": found < (options.min_speakers or 0),
        "max_speakers": found > (options.max_speakers or found),
    }
    return [
        f"{name}: {getattr(options, name)} speakers were requested, and words of {found} were found"
        for name, is_missed in missed.items()
        if is_missed
    ]


def _turns_with_words(turns: Sequence[Turn], segments: Sequence[Segment]) -> list[Turn]:
    """Return the turns of speakers to whom a word is assigned, named in order of appearance."""
    return relabel_by_appearance(drop_wordless(turns, assign(segments, turns)))


def _wanted(state: PipelineState) -> bool:
    requested = state.options.diarize
    return state.preset.diarize if requested is None else requested


def _ignored_options(state: PipelineState) -> list[str]:
    options = ("num_speakers", "min_speakers", "max_speakers")
    ignored = [name for name in options if getattr(state.options, name) is not None]
    return [f"{name} has no effect without diarize=true" for name in ignored]


def _ignored_names(state: PipelineState) -> list[str]:
    if state.options.channel_names is None:
        return []
    return ["channel_names has no effect without channels=speakers"]


def _diarizer(state: PipelineState, context: StageContext) -> Diarizer:
    diarizer = context.engine.diarizer(state.preset)
    if diarizer is None:
        raise InvalidOption(
            f"diarize: the workers of {state.preset.name} have no diarizer"
            f" ({state.preset.diarizer} is not among their models); leave diarize out"
        )
    return diarizer


def _by_channel(state: PipelineState) -> PipelineState:
    """Name the speaker of each word by its channel."""
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
