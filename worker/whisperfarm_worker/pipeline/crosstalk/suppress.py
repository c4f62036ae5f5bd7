"""Removes speech that is a copy of another channel from the windows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from whisperfarm_worker.pipeline.crosstalk.activity import (
    frame_count,
    frames_of,
    seconds_at,
    speech_frames,
)
from whisperfarm_worker.pipeline.crosstalk.chunks import classify_all
from whisperfarm_worker.pipeline.crosstalk.copies import MIN_COPIED_FRAMES
from whisperfarm_worker.pipeline.crosstalk.cut import cut
from whisperfarm_worker.pipeline.crosstalk.frame_facts import Frames
from whisperfarm_worker.pipeline.crosstalk.pair_delays import PairDelays, find_delays
from whisperfarm_worker.pipeline.crosstalk.report import Copy, warnings
from whisperfarm_worker.pipeline.runs import Mask, drop_short, runs, widen
from whisperfarm_worker.pipeline.state import (
    PipelineState,
    SpeechRegion,
    TimeSpan,
    Waveform,
    Window,
)

_MIN_OWN_FRAMES = 5
"""0.16 seconds: own speech is longer."""

_OWN_PAD_FRAMES = 3
_MIN_COPIED_SHARE = 0.6


def without_copies(state: PipelineState, on_progress: Callable[[], None]) -> PipelineState:
    """Return the state without speech that is a copy of another channel, and with warnings.

    The loudest channel keeps the speech, or the first one of those that are equally loud. Speech of
    several people at once is kept in all their channels. Windows without copies do not change.
    Raises what `on_progress` raises, which is called at least once per 15 seconds of audio.
    """
    if state.waveform.channels == 1:
        return state
    copies = find_copies(state.waveform, state.windows, on_progress)
    windows = [
        part
        for window, found in zip(state.windows, copies, strict=True)
        for part in cut(window, [TimeSpan(copy.start, copy.end) for copy in found])
    ]
    windows.sort(key=lambda window: (window.start, window.channel))
    names = state.options.listed_channel_names
    return replace(state, windows=tuple(windows)).warn(*warnings(list(chain(*copies)), names))


def find_copies(
    waveform: Waveform, windows: Sequence[Window], on_progress: Callable[[], None]
) -> list[list[Copy]]:
    """Return for each window its speech that is a copy of another channel, by start time."""
    frames = frame_count(len(waveform.samples[0]))
    active = speech_frames(windows, channels=waveform.channels, frames=frames)
    delays = find_delays(waveform, active, on_progress)
    if not delays:
        return [[] for _ in windows]
    facts = classify_all(waveform, active, delays, on_progress)
    return [
        [
            copy
            for region in window.regions
            for copy in _copies(window.channel, region, facts, delays)
        ]
        for window in windows
    ]


def _copies(
    channel: int, region: SpeechRegion, facts: Frames, delays: PairDelays
) -> Iterator[Copy]:
    """Yield the parts of a region that are copies."""
    inside = frames_of(region, facts.copied.shape[1])
    copied, own = facts.copied[channel, inside], facts.own[channel, inside]
    for first, last in _copied_runs(copied, own):
        run = slice(inside.start + first, inside.start + last)
        chosen = facts.copied[channel, run]
        source = int(np.bincount(facts.source[channel, run][chosen]).argmax())
        chosen &= facts.source[channel, run] == source
        yield Copy(
            channel=channel,
            source=source,
            start=seconds_at(run.start) if first else region.start,
            end=seconds_at(run.stop) if last < len(copied) else region.end,
            delay_s=delays.between(channel, source, run.start, run.stop)[0],
            level_db=float(np.median(facts.level_db[channel, run][chosen])),
        )


def _copied_runs(copied: Mask, own: Mask) -> Iterator[tuple[int, int]]:
    """Yield the runs of frames without own speech that are mostly copied."""
    speech = widen(drop_short(own, _MIN_OWN_FRAMES), _OWN_PAD_FRAMES)
    for first, last in runs(~speech):
        count = int(copied[first:last].sum())
        audible = count + int(own[first:last].sum())
        if count >= MIN_COPIED_FRAMES and count >= _MIN_COPIED_SHARE * audible:
            yield first, last
