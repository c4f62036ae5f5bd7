"""Diarization of one channel: its speaker turns, and its segments split by them."""

from dataclasses import dataclass

from whisperfarm_contract.transcript import Segment, Turn
from whisperfarm_worker.engines.port import Diarizer, OnProgress
from whisperfarm_worker.pipeline.clips.diarizer import clipped_diarizer
from whisperfarm_worker.pipeline.clips.selection import channel_parts
from whisperfarm_worker.pipeline.levels.gain import amplify
from whisperfarm_worker.pipeline.postprocess.speaker_changes import settle
from whisperfarm_worker.pipeline.postprocess.speakers import (
    assign,
    clip,
    drop_wordless,
    relabel_by_appearance,
)
from whisperfarm_worker.pipeline.state import PipelineState, regions_of


@dataclass(frozen=True, slots=True)
class DiarizedChannel:
    """Segments of one speaker each, and the turns; no turns if no speakers were found."""

    segments: tuple[Segment, ...]
    turns: tuple[Turn, ...]

    @property
    def speakers(self) -> list[str]:
        """Names of the speakers, in order of appearance."""
        return list(dict.fromkeys(turn.speaker for turn in self.turns))


def diarize_channel(
    state: PipelineState, channel: int, diarizer: Diarizer, on_progress: OnProgress
) -> DiarizedChannel:
    """Name the speakers of a channel SPEAKER_00, SPEAKER_01, ... in order of appearance.

    The diarizer receives the clips alone, and of a leg no silence that pads it.
    """
    segments = [one for one in state.segments if (one.channel or 0) == channel]
    windows = [one for one in state.windows if one.channel == channel]
    parts = channel_parts(state, channel) if state.clips or state.waveform.spans else ()
    found = clipped_diarizer(diarizer, parts).turns(
        amplify(state.waveform.samples[channel], regions_of(windows)),
        num_speakers=state.options.num_speakers,
        min_speakers=state.options.min_speakers,
        max_speakers=state.options.max_speakers,
        on_progress=on_progress,
    )
    settled = settle(clip(found, state.waveform.seconds), segments)
    turns = relabel_by_appearance(drop_wordless(settled, assign(segments, settled)))
    return DiarizedChannel(tuple(assign(segments, turns)), tuple(turns))
