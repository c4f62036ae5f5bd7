"""Assigns speakers to words by speaker turns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from whisperfarm_contract.transcript import Segment, Turn, Word
from whisperfarm_worker.pipeline.postprocess.segments import by_speaker

_TIE_S = 0.01
"""Speakers whose overlaps with a word differ by less than this count as equal."""


def assign(segments: Sequence[Segment], turns: Sequence[Turn]) -> list[Segment]:
    """Return the segments with a speaker for each word, split so that each has one speaker.

    A word gets the speaker with the longest overlap; if several are equal, the one of the word
    before; if none overlaps, the nearest one.
    """
    words = [word for segment in segments for word in segment.words]
    if not turns or not words:
        return list(segments)
    speakers = _speakers(words, turns)
    labelled = iter(replace(word, speaker=who) for word, who in zip(words, speakers, strict=True))
    whole = (replace(one, words=tuple(next(labelled) for _ in one.words)) for one in segments)
    return [part for segment in whole for part in by_speaker(segment)]


def clip(turns: Iterable[Turn], audio_s: float) -> list[Turn]:
    """Return the turns without what lies outside the audio: models work in whole steps."""
    clipped = (
        replace(turn, start=max(turn.start, 0.0), end=round(min(turn.end, audio_s), 3))
        for turn in turns
    )
    return [turn for turn in clipped if turn.start < turn.end]


def drop_wordless(turns: Iterable[Turn], segments: Iterable[Segment]) -> list[Turn]:
    """Return the turns of speakers who say at least one word."""
    speakers = {word.speaker for segment in segments for word in segment.words}
    return [turn for turn in turns if turn.speaker in speakers]


def relabel_by_appearance(turns: Iterable[Turn]) -> list[Turn]:
    """Return the turns by time, with speakers named SPEAKER_00, SPEAKER_01, ... in that order."""
    ordered = sorted(turns, key=lambda turn: (turn.start, turn.end))
    names: dict[str, str] = {}
    for turn in ordered:
        names.setdefault(turn.speaker, speaker_name(len(names)))
    return rename_turns(ordered, names)


def rename_turns(turns: Iterable[Turn], names: Mapping[str, str]) -> list[Turn]:
    """Return the turns with other names of their speakers."""
    return [replace(turn, speaker=names[turn.speaker]) for turn in turns]


def rename(segments: Iterable[Segment], names: Mapping[str, str]) -> list[Segment]:
    """Return the segments with other names of their speakers, and of those of their words."""
    return [
        replace(
            segment,
            speaker=names[segment.speaker or ""],
            words=tuple(replace(one, speaker=names[one.speaker or ""]) for one in segment.words),
        )
        for segment in segments
    ]


def speaker_name(number: int) -> str:
    """Return the name of a speaker, in the form of pyannote and WhisperX."""
    return f"SPEAKER_{number:02d}"


def _speakers(words: Sequence[Word], turns: Sequence[Turn]) -> list[str]:
    starts = np.array([word.start for word in words])
    ends = np.array([word.end for word in words])
    timelines = _timelines(turns)
    names = list(timelines)
    overlap = np.stack([timeline.spoken_s(starts, ends) for timeline in timelines.values()])
    distance = np.stack([timeline.distance((starts + ends) / 2) for timeline in timelines.values()])
    chosen: list[str] = []
    for number in range(len(words)):
        best = _tied(overlap[:, number], distance[:, number])
        previous = names.index(chosen[-1]) if chosen else best[0]
        chosen.append(names[previous if previous in best else best[0]])
    return chosen


def _tied(overlap: NDArray[np.float64], distance: NDArray[np.float64]) -> list[int]:
    """Return the speakers that are equally likely for a word, the most likely first."""
    score = overlap if overlap.max() > 0 else -distance
    order = np.argsort(-score, kind="stable")
    return [int(one) for one in order if score[one] >= score.max() - _TIE_S]


@dataclass(frozen=True, slots=True)
class _SpeechTimeline:
    """Speaking time of one speaker as a function of time."""

    starts: NDArray[np.float64]
    ends: NDArray[np.float64]

    @classmethod
    def of(cls, turns: Sequence[Turn]) -> Self:
        merged: list[list[float]] = []
        for turn in sorted(turns, key=lambda turn: turn.start):
            if merged and turn.start <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], turn.end)
            else:
                merged.append([turn.start, turn.end])
        bounds = np.array(merged)
        return cls(bounds[:, 0], bounds[:, 1])

    def spoken_s(
        self, starts: NDArray[np.float64], ends: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the seconds of speech between each start and end."""
        times = np.stack([self.starts, self.ends], axis=1).ravel()
        rises = np.stack([np.zeros_like(self.starts), self.ends - self.starts], axis=1).ravel()
        total = np.cumsum(rises)
        by_end: NDArray[np.float64] = np.interp(ends, times, total)
        return by_end - np.interp(starts, times, total)

    def distance(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the seconds from each time to the nearest turn."""
        following = np.searchsorted(self.starts, times, side="right")
        previous = np.where(following > 0, times - self.ends[following - 1], np.inf)
        starts = np.append(self.starts, np.inf)
        return np.clip(np.minimum(previous, starts[following] - times), 0.0, None)


def _timelines(turns: Sequence[Turn]) -> Mapping[str, _SpeechTimeline]:
    turns_of: dict[str, list[Turn]] = {}
    for turn in turns:
        turns_of.setdefault(turn.speaker, []).append(turn)
    return {speaker: _SpeechTimeline.of(own_turns) for speaker, own_turns in turns_of.items()}
