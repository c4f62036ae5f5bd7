"""What a detector makes of recordings: words lost, speech found, false speech, CPU seconds."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from bench.voice_activity.speech import Recording
from whisperfarm_worker.engines.port import VoiceActivityDetector
from whisperfarm_worker.pipeline.levels.detector import detect_speech
from whisperfarm_worker.pipeline.levels.sounds import Loudness
from whisperfarm_worker.pipeline.runs import Mask
from whisperfarm_worker.pipeline.stages.speech import OFFSET, ONSET
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, SpeechRegion, TimeSpan, regions_of

_FRAME_S = 0.01
_NEAR_S = 0.25
"""What is found this near to a word is not false speech: regions are padded."""

_MAX_WINDOW_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Sums over recordings, in seconds; words are numbers of words.

    A word is lost if less than half of it is in a speech region. False speech is what is found in
    `other_s`, the time without words.
    """

    audio_s: float = 0.0
    words: int = 0
    lost: int = 0
    speech_s: float = 0.0
    found_s: float = 0.0
    other_s: float = 0.0
    false_s: float = 0.0
    cpu_s: float = 0.0

    def __add__(self, other: "Score") -> "Score":
        names = [one.name for one in fields(self)]
        return Score(**{name: getattr(self, name) + getattr(other, name) for name in names})


def total(scores: Iterable[Score]) -> Score:
    """Return the sum."""
    return sum(scores, start=Score())


def score(detector: VoiceActivityDetector, recording: Recording) -> Score:
    """Detect the speech of a recording as the worker does: quiet sounds are judged twice."""
    began = time.process_time()
    windows = detect_speech(
        detector,
        recording.samples,
        Loudness.of(recording.samples),
        onset=ONSET,
        offset=OFFSET,
        max_s=_MAX_WINDOW_S,
        on_progress=lambda _: None,
    )
    cpu_s = time.process_time() - began
    frames = round(len(recording.samples) / SAMPLE_RATE_HZ / _FRAME_S)
    found = _mask(frames, regions_of(windows))
    spoken = _mask(frames, recording.words)
    other = ~_mask(frames, recording.words, wider_s=_NEAR_S)
    return Score(
        audio_s=frames * _FRAME_S,
        words=len(recording.words),
        lost=sum(_covered(found, word) < 0.5 for word in recording.words),
        speech_s=_seconds(spoken),
        found_s=_seconds(spoken & found),
        other_s=_seconds(other),
        false_s=_seconds(other & found),
        cpu_s=cpu_s,
    )


def _mask(
    frames: int, spans: Sequence[TimeSpan] | Sequence[SpeechRegion], *, wider_s: float = 0.0
) -> Mask:
    mask = np.zeros(frames, bool)
    for span in spans:
        first = max(round((span.start - wider_s) / _FRAME_S), 0)
        mask[first : round((span.end + wider_s) / _FRAME_S)] = True
    return mask


def _covered(found: Mask, word: TimeSpan) -> float:
    first = round(word.start / _FRAME_S)
    return float(found[first : max(round(word.end / _FRAME_S), first + 1)].mean())


def _seconds(mask: Mask) -> float:
    return float(mask.sum()) * _FRAME_S
