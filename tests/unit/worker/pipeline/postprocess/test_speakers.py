"""Assigning speakers to words."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_contract.transcript import Segment, Turn, Word
from whisperfarm_worker.pipeline.postprocess.speakers import assign, relabel_by_appearance


def _segment(*words: tuple[float, float]) -> Segment:
    chunk_text = tuple(Word(text=f"w{n}", start=a, end=b) for n, (a, b) in enumerate(words))
    text = " ".join(word.text for word in chunk_text)
    return Segment(start=words[0][0], end=words[-1][1], text=text, words=chunk_text)


def _speakers(segment: Segment, *turns: Turn) -> list[str | None]:
    return [word.speaker for piece in assign([segment], turns) for word in piece.words]


def _turn(start: float, end: float, speaker: str) -> Turn:
    return Turn(start=start, end=end, speaker=speaker)


def test_word_belongs_to_the_speaker_of_most_of_it() -> None:
    turns = _turn(0, 1.2, "a"), _turn(1.2, 3, "b")
    assert _speakers(_segment((0.5, 1.0), (1.0, 2.0)), *turns) == ["a", "b"]


def test_short_turns_of_a_speaker_add_up() -> None:
    turns = _turn(0, 0.3, "a"), _turn(0.3, 0.7, "b"), _turn(0.7, 1.0, "a")
    assert _speakers(_segment((0.0, 1.0)), *turns) == ["a"]


def test_word_in_silence_belongs_to_the_nearest_speaker() -> None:
    turns = _turn(0, 1, "a"), _turn(5, 6, "b")
    assert _speakers(_segment((1.5, 2.0), (3.5, 4.5)), *turns) == ["a", "b"]


def test_tie_continues_the_previous_speaker() -> None:
    turns = _turn(0, 3, "a"), _turn(1, 4, "b")
    for on_text in (turns, turns[::-1]):
        assert _speakers(_segment((0.2, 0.8), (1.2, 1.8), (3.2, 3.8)), *on_text) == ["a", "a", "b"]


def test_segments_are_split_at_speaker_changes() -> None:
    pieces = assign([_segment((0, 1), (2, 3))], [_turn(0, 1, "a"), _turn(2, 3, "b")])
    assert [(piece.text, piece.speaker) for piece in pieces] == [("w0", "a"), ("w1", "b")]


def test_assign_without_turns_changes_nothing() -> None:
    segment = _segment((0, 1))
    assert assign([segment], []) == [segment]


def test_speakers_are_numbered_by_appearance() -> None:
    turns = relabel_by_appearance([_turn(5, 6, "p"), _turn(0, 1, "q"), _turn(2, 3, "p")])
    assert [(turn.start, turn.speaker) for turn in turns] == [
        (0, "SPEAKER_00"), (2, "SPEAKER_01"), (5, "SPEAKER_01"),
    ]  # fmt: skip


_SPAN = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(
    lambda p: (p[0] / 4, (p[0] + p[1]) / 4)
)


@given(
    st.lists(_SPAN, min_size=1, max_size=8),
    st.lists(st.tuples(_SPAN, st.sampled_from("abc")), min_size=1, max_size=8),
)
def test_assigned_speaker_has_the_largest_overlap(
    words: list[tuple[float, float]], turns: list[tuple[tuple[float, float], str]]
) -> None:
    chunk_text = [_turn(*span, who) for span, who in turns]
    chosen = _speakers(_segment(*sorted(words)), *chunk_text)
    for (start, end), speaker in zip(sorted(words), chosen, strict=True):
        spoken = {
            who: _spoken(start, end, who, chunk_text)
            for who in {turn.speaker for turn in chunk_text}
        }
        assert spoken[str(speaker)] >= max(spoken.values()) - 0.02


def _spoken(start: float, end: float, who: str, turns: list[Turn]) -> float:
    """Return the same result by counting small time steps."""
    instants = np.arange(start, end, 0.01) + 0.005
    own = [(t.start <= instants) & (instants < t.end) for t in turns if t.speaker == who]
    return float(np.any(own, axis=0).sum() * 0.01)
