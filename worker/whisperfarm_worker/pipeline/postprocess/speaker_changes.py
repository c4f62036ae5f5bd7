"""Moves changes of speaker to the pause or the end of a sentence near them.

Diarizers report a change up to a second late or early. People mostly change at a pause or at the
end of a sentence, so a few words between it and the change belong to the other speaker.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice

from whisperfarm_contract.transcript import Segment, Turn, Word
from whisperfarm_worker.pipeline.postprocess.speakers import assign

_MIN_PAUSE_S = 0.3
_MAX_LAG_S = 1.0
"""A change is moved at most this far."""

_MIN_OVERLAP_S = 0.2
"""Two speakers who speak at once for longer interrupt each other."""

_TOLERANCE_S = 0.15
_RUNS_WITH_ONE_CHANGE = 2

Words = Sequence[Word]


@dataclass(frozen=True, slots=True)
class Move:
    """The time span from `start` to `end` belongs to `to`, and not to `source`."""

    start: float
    end: float
    source: str | None
    to: str | None


def settle(turns: Sequence[Turn], segments: Sequence[Segment]) -> list[Turn]:
    """Return the turns with the changes between them moved, in any order.

    The segments are sentences. A phrase is what lies between two pauses or ends of sentences. If
    its first or last words have another speaker than the rest, and that speaker speaks on the far
    side too, they are given to the speaker of the rest. Phrases with more than one change, and
    speakers who interrupt each other, stay.
    """
    words = iter(word for part in assign(segments, turns) for word in part.words)
    sentences = [list(islice(words, len(segment.words))) for segment in segments]
    settled = list(turns)
    for move in _moves(list(_phrases(sentences)), turns):
        settled = _with([part for turn in settled for part in _without(turn, move)], move)
    return settled


def _moves(phrases: Sequence[Words], turns: Sequence[Turn]) -> Iterator[Move]:
    for number, phrase in enumerate(phrases):
        runs = [list(run) for _, run in groupby(phrase, key=lambda word: word.speaker)]
        if len(runs) != _RUNS_WITH_ONE_CHANGE:
            continue
        before = phrases[number - 1][-1] if number else None
        after = phrases[number + 1][0] if number + 1 < len(phrases) else None
        yield from _shortest(
            _late(before, runs[0], runs[1], turns), _early(runs[0], runs[1], after, turns)
        )


def _phrases(sentences: Sequence[Words]) -> Iterator[list[Word]]:
    for sentence in sentences:
        phrase: list[Word] = []
        for word in sentence:
            if phrase and word.start - phrase[-1].end >= _MIN_PAUSE_S:
                yield phrase
                phrase = []
            phrase.append(word)
        if phrase:
            yield phrase


def _late(before: Word | None, first: Words, second: Words, turns: Sequence[Turn]) -> Move | None:
    """Return the move of a change that comes after the start of its phrase."""
    if before is None or before.speaker != first[0].speaker:
        return None
    move = Move(first[0].start, second[0].start, first[0].speaker, second[0].speaker)
    return None if _interrupted(move, turns, by=move.to) else move


def _early(first: Words, second: Words, after: Word | None, turns: Sequence[Turn]) -> Move | None:
    """Return the move of a change that comes before the end of its phrase."""
    if after is None or after.speaker != second[0].speaker:
        return None
    move = Move(first[-1].end, second[-1].end, second[0].speaker, first[0].speaker)
    return None if _interrupted(move, turns, by=move.source) else move


def _shortest(*moves: Move | None) -> list[Move]:
    possible = [one for one in moves if one is not None and one.end - one.start <= _MAX_LAG_S]
    return sorted(possible, key=lambda one: one.end - one.start)[:1]


def _interrupted(move: Move, turns: Sequence[Turn], *, by: str | None) -> bool:
    """Whether one speaker starts to speak inside the span while the other goes on."""
    near = [
        turn
        for turn in turns
        if turn.start < move.end + _TOLERANCE_S and turn.end > move.start - _TOLERANCE_S
    ]
    return any(
        min(one.end, other.end) - one.start >= _MIN_OVERLAP_S
        for one in near
        if one.speaker == by and one.start > move.start + _TOLERANCE_S
        for other in near
        if other.speaker != by and other.start < one.start
    )


def _without(turn: Turn, move: Move) -> list[Turn]:
    """Return what remains of a turn outside of the span, if its speaker loses the span."""
    if turn.speaker != move.source or turn.end <= move.start or turn.start >= move.end:
        return [turn]
    parts = [
        replace(turn, end=min(turn.end, move.start)),
        replace(turn, start=max(turn.start, move.end)),
    ]
    return [part for part in parts if part.start < part.end]


def _with(turns: Sequence[Turn], move: Move) -> list[Turn]:
    """Return the turns with the span added to those of its new speaker."""
    start, end, others = move.start, move.end, []
    for turn in turns:
        if turn.speaker == move.to and turn.start <= end and turn.end >= start:
            start, end = min(start, turn.start), max(end, turn.end)
        else:
            others.append(turn)
    return [*others, Turn(start=start, end=end, speaker=str(move.to))]
