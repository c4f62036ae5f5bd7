"""Changes of speaker move to the pause or the end of a sentence near them."""

import pytest

from whisperfarm_contract.transcript import Segment, Turn, Word
from whisperfarm_worker.pipeline.postprocess.speaker_changes import settle
from whisperfarm_worker.pipeline.postprocess.speakers import assign

QUESTION = "what is your number"
ANSWER = "it is four two"
WORD_S = 0.3


def _sentence(text: str, start: float) -> Segment:
    """Return a segment whose words follow each other without a pause, except at each `|`."""
    words: list[Word] = []
    for part in text.split():
        if part == "|":
            start += 0.5
            continue
        words.append(Word(text=part, start=start, end=round(start + WORD_S, 3)))
        start = round(start + WORD_S, 3)
    joined = " ".join(word.text for word in words)
    return Segment(start=words[0].start, end=start, text=joined, words=tuple(words))


def _turns(*turns: tuple[float, float, str]) -> list[Turn]:
    return [Turn(start=start, end=end, speaker=speaker) for start, end, speaker in turns]


def _said(segments: list[Segment], turns: list[Turn]) -> list[tuple[str | None, str]]:
    pieces = assign(segments, settle(turns, segments))
    return [(piece.speaker, piece.text) for piece in pieces]


PAUSED = [_sentence(QUESTION, 0.0), _sentence(ANSWER, 1.8)]
"""The question ends at 1.2 s, the answer lasts from 1.8 to 3.0 s."""


@pytest.mark.parametrize("change", [0.5, 0.8, 1.1, 1.2, 1.5, 1.8, 2.2, 2.5, 2.7])
def test_change_moves_to_the_pause(change: float) -> None:
    turns = _turns((0, change, "a"), (change, 3, "b"))
    assert _said(PAUSED, turns) == [("a", QUESTION), ("b", ANSWER)]


def test_change_moves_to_the_nearer_of_two_pauses() -> None:
    sentences = [*PAUSED, _sentence(ANSWER, 3.6)]
    late = _turns((0, 2.1, "a"), (2.1, 4.8, "b"))
    assert [who for who, _ in _said(sentences, late)] == ["a", "b", "b"]
    early = _turns((0, 2.7, "a"), (2.7, 4.8, "b"))
    assert [who for who, _ in _said(sentences, early)] == ["a", "a", "b"]


def test_turns_follow_the_words() -> None:
    settled = settle(_turns((0, 2.3, "a"), (2.3, 3, "b")), PAUSED)
    assert sorted((turn.start, turn.end, turn.speaker) for turn in settled) == [
        (0, 1.8, "a"),
        (1.8, 3, "b"),
    ]


def test_change_moves_to_the_end_of_a_sentence_without_a_pause() -> None:
    sentences = [_sentence(QUESTION, 0.0), _sentence(ANSWER, 1.2)]
    turns = _turns((0, 1.9, "a"), (1.9, 2.4, "b"))
    assert _said(sentences, turns) == [("a", QUESTION), ("b", ANSWER)]


def test_change_without_a_pause_or_sentence_end_stays() -> None:
    turns = _turns((0, 0.6, "a"), (0.6, 1.2, "b"))
    assert _said([_sentence(QUESTION, 0.0)], turns) == [("a", "what is"), ("b", "your number")]


def test_change_far_from_a_pause_stays() -> None:
    long = _sentence("one two three four five six seven eight", 1.8)
    turns = _turns((0, 3.0, "a"), (3.0, 4.2, "b"))
    assert _said([PAUSED[0], long], turns) == [
        ("a", QUESTION),
        ("a", "one two three four"),
        ("b", "five six seven eight"),
    ]


def test_interruption_within_a_sentence_stays() -> None:
    sentence = _sentence("my number is wait four two", 1.8)
    turns = _turns((0, 2.7, "a"), (2.7, 3.0, "b"), (3.0, 3.6, "a"))
    assert _said([PAUSED[0], sentence], turns) == [
        ("a", QUESTION),
        ("a", "my number is"),
        ("b", "wait"),
        ("a", "four two"),
    ]


def test_speaker_who_interrupts_while_the_other_goes_on_stays() -> None:
    sentence = _sentence("well i hello yes please hold", 1.8)
    turns = _turns((0, 3.0, "a"), (2.4, 3.6, "b"))
    said = _said([PAUSED[0], sentence], turns)
    assert said[1:] == [("a", "well i hello yes"), ("b", "please hold")]


@pytest.mark.parametrize("lag_s", [-0.1, 0.0, 0.1])
def test_one_word_answer_keeps_its_speaker(lag_s: float) -> None:
    sentences = [_sentence(QUESTION, 0.0), _sentence("yes", 1.8), _sentence(ANSWER, 2.7)]
    turns = _turns((0, 1.8 + lag_s, "a"), (1.8 + lag_s, 2.1 + lag_s, "b"), (2.1 + lag_s, 4, "a"))
    assert _said(sentences, turns) == [("a", QUESTION), ("b", "yes"), ("a", ANSWER)]


def test_one_word_answer_without_a_pause_keeps_its_speaker() -> None:
    sentences = [_sentence(QUESTION, 0.0), _sentence("yes four two", 1.8)]
    turns = _turns((0, 1.2, "a"), (1.8, 2.1, "b"), (2.1, 2.7, "a"))
    assert _said(sentences, turns) == [("a", QUESTION), ("b", "yes"), ("a", "four two")]


def test_turn_that_lags_over_the_next_speaker_is_cut() -> None:
    turns = _turns((0, 2.3, "a"), (1.8, 3, "b"))
    assert _said(PAUSED, turns) == [("a", QUESTION), ("b", ANSWER)]


def test_third_speaker_is_not_moved() -> None:
    turns = _turns((0, 1.2, "a"), (1.8, 2.1, "c"), (2.1, 3, "b"))
    assert _said(PAUSED, turns) == [("a", QUESTION), ("c", "it"), ("b", "is four two")]
