"""diarize: a speaker for every word, by a diarizer, or by channel if each is one speaker."""

from dataclasses import replace

from whisperfarm_contract.problems import OptionWrong
from whisperfarm_contract.transcript import Segment, Turn
from whisperfarm_worker.attempt.monitor import Watch
from whisperfarm_worker.engines.port import Diarizer
from whisperfarm_worker.pipeline.context import Tools
from whisperfarm_worker.pipeline.postprocess.speakers import (
    assign,
    in_order_of_appearance,
    speaker_name,
)
from whisperfarm_worker.pipeline.state import Work


def diarize(work: Work, tools: Tools, watch: Watch) -> Work:
    """Set `turns`, and split `segments` so that each has one speaker.

    If the job does not ask for speakers, nothing but warnings is set. Raises `OptionWrong` if it
    does and this farm has no diarizer.
    """
    if work.speaker_per_channel:
        return _by_channel(work)
    if not _wanted(work):
        return work.warn(*_idle_options(work))
    diarizer = _diarizer(work, tools)
    if not work.segments:
        return work
    turns = in_order_of_appearance(
        diarizer.turns(
            work.sound.samples[0],
            speakers=work.options.num_speakers,
            least=work.options.min_speakers,
            most=work.options.max_speakers,
            step=lambda done: watch.report("diarize", done),
        )
    )
    if not turns:
        return work.warn("the diarizer found no speakers, so the words have none")
    return replace(work, turns=tuple(turns), segments=tuple(assign(work.segments, turns)))


def _wanted(work: Work) -> bool:
    asked = work.options.diarize
    return work.preset.diarize if asked is None else asked


def _idle_options(work: Work) -> list[str]:
    options = ("num_speakers", "min_speakers", "max_speakers")
    given = [name for name in options if getattr(work.options, name) is not None]
    return [f"{name} has no effect without diarize=true" for name in given]


def _diarizer(work: Work, tools: Tools) -> Diarizer:
    diarizer = tools.engine.diarizer(work.preset)
    if diarizer is None:
        raise OptionWrong(
            f"diarize: the workers of {work.preset.name} have no diarizer"
            f" ({work.preset.diarizer} is not among their models); leave diarize out"
        )
    return diarizer


def _by_channel(work: Work) -> Work:
    """Name the speaker of each word by its channel."""
    segments = [_labelled(segment) for segment in work.segments]
    turns = [
        Turn(
            start=round(stretch.start, 3),
            end=round(stretch.end, 3),
            speaker=speaker_name(window.channel),
        )
        for window in work.windows
        for stretch in window.stretches
    ]
    turns.sort(key=lambda turn: (turn.start, turn.end))
    labelled = replace(work, segments=tuple(segments), turns=tuple(turns))
    if work.sound.channels > 1:
        return labelled
    return labelled.warn("channels=speakers: the audio has one channel, so it has one speaker")


def _labelled(segment: Segment) -> Segment:
    speaker = speaker_name(segment.channel or 0)
    words = tuple(replace(word, speaker=speaker) for word in segment.words)
    return replace(segment, speaker=speaker, words=words)
