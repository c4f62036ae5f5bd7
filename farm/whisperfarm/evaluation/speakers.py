"""The diarization error of one transcript, counted by pyannote.metrics."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate

from whisperfarm_contract.transcript import Turn

COLLAR_S = 0.25
"""Errors within this distance of a reference turn's edge are not counted."""


@dataclass(frozen=True, slots=True)
class SpeakerErrors:
    """Seconds of speech in the reference, and how many of them have a wrong speaker.

    Speech without a turn and turns without speech count as errors too.
    """

    speech_s: float
    wrong_s: float


def speaker_errors(said: Sequence[Turn], heard: Sequence[Turn]) -> SpeakerErrors:
    """Compare turns; names of speakers are matched as well as possible."""
    true, found = _annotation(said), _annotation(heard)
    extent = true.get_timeline().extent() | found.get_timeline().extent()
    metric = DiarizationErrorRate(collar=2 * COLLAR_S)
    parts = metric(true, found, uem=Timeline([extent]), detailed=True)
    wrong_s = parts["confusion"] + parts["missed detection"] + parts["false alarm"]
    return SpeakerErrors(float(parts["total"]), float(wrong_s))


def _annotation(turns: Sequence[Turn]) -> Annotation:
    result = Annotation()
    for number, turn in enumerate(turns):
        result[Segment(turn.start, turn.end), number] = turn.speaker
    return result
