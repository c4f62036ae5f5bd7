"""Errors of a transcript, and of several."""

import pytest

from whisperfarm.evaluation.references import Reference
from whisperfarm.evaluation.scores import Normalization, Score, score
from whisperfarm.evaluation.totals import totals
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Turn, Word


def _transcript(text: str, *, turns: tuple[Turn, ...] = (), start: float = 0.0) -> Transcript:
    words = tuple(
        Word(text=word, start=start + number, end=start + number + 0.5)
        for number, word in enumerate(text.split())
    )
    segment = Segment(start=0.0, end=9.0, text=text, words=words)
    return Transcript(
        language="en", model="demo", segments=(segment,), turns=turns,
        coverage=Coverage(audio_s=10.0),
    )  # fmt: skip


def _score(
    reference: Reference, transcript: Transcript, normalization: Normalization = "words"
) -> Score:
    return score("a.wav", reference, transcript, took_s=5.0, normalization=normalization)


def test_words_and_characters_are_counted() -> None:
    found = _score(Reference(text="one two three four"), _transcript("one too three"))
    assert (found.words, found.word_errors) == (4, 2)
    assert (found.characters, found.character_errors) == (18, 6)


@pytest.mark.parametrize(("normalization", "errors"), [("words", 0), ("none", 2)])
def test_normalization_is_chosen(normalization: Normalization, errors: int) -> None:
    found = _score(Reference(text="Hello, you"), _transcript("hello you."), normalization)
    assert found.word_errors == errors


def test_only_correct_words_have_time_errors() -> None:
    said = tuple(_transcript("one two three").words())
    found = _score(
        Reference(text="one two three", words=said), _transcript("one too three", start=0.25)
    )
    assert found.time_errors_s == (0.25, 0.25)


def test_speakers_are_matched_by_time() -> None:
    said = (Turn(start=0, end=5, speaker="ann"), Turn(start=5, end=10, speaker="bob"))
    heard = (Turn(start=0, end=5, speaker="S1"), Turn(start=5, end=7, speaker="S0"))
    found = totals([_score(Reference(turns=said), _transcript("hello", turns=heard))])
    assert found.wer is None
    assert found.der == pytest.approx(2.75 / 9)  # a collar of 0.25 s inside each edge


def test_totals_weigh_recordings_by_their_words() -> None:
    bad = _score(Reference(text="one"), _transcript("two"))
    good = _score(Reference(text="one two three"), _transcript("one two three"))
    found = totals([bad, good])
    assert found.wer == 0.25
    assert found.wer_interval == (0.0, 1.0)
    assert found.real_time_factor == 0.5
    assert found.der is None


def test_one_recording_has_no_interval() -> None:
    assert totals([_score(Reference(text="one"), _transcript("one"))]).wer_interval is None
