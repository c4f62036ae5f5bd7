"""Redacted transcripts, jobs and text."""

from dataclasses import replace

import pytest

from tests.unit.store.redaction.corpus import Sentence, sentences
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_contract.transcript import (
    Coverage,
    Redaction,
    Segment,
    Transcript,
    Turn,
    Word,
    from_wire,
)
from whisperfarm_store.redaction.kinds import ALL, read_kinds
from whisperfarm_store.redaction.view import redact, redact_text

CARD = "4111 1111 1111 1111"


def segment(text: str, start: float, speaker: str | None = None) -> Segment:
    """Return a segment whose words last one second each."""
    parts = text.split()
    words = tuple(
        Word(text=part, start=start + place, end=start + place + 1, score=0.9, speaker=speaker)
        for place, part in enumerate(parts)
    )
    return Segment(start=start, end=start + len(parts), text=text, words=words, speaker=speaker)


def transcript(*segments: Segment) -> Transcript:
    return Transcript(language="en", model="demo", segments=segments, coverage=Coverage(audio_s=99))


def texts(found: Transcript) -> list[str]:
    return [one.text for one in found.segments]


@pytest.mark.parametrize("sentence", sentences(), ids=lambda one: f"{one.kind}-{one.text[:30]}")
def test_personal_data_is_masked_and_nothing_else(sentence: Sentence) -> None:
    assert redact_text(sentence.text, ALL) == (sentence.masked if sentence.kind else sentence.text)


def test_masked_words_become_one_word_with_their_times() -> None:
    found = redact(transcript(segment(f"card {CARD}. Thanks", 10)), read_kinds("card"))
    assert texts(found) == ["card [card]. Thanks"]
    words = [(one.text, one.start, one.end, one.score) for one in found.words()]
    assert words == [("card", 10, 11, 0.9), ("[card].", 11, 15, None), ("Thanks", 15, 16, 0.9)]
    assert found.redactions == (Redaction(kind="card", start=11, end=15),)


def test_transcript_without_data_says_that_it_was_redacted() -> None:
    original = transcript(segment("hello there", 0))
    found = redact(original, ALL)
    assert found == replace(original, redactions=())
    assert from_wire(found.to_wire()) == found
    assert "redactions" not in original.to_wire()


def test_number_is_found_across_segments_and_other_speakers() -> None:
    found = redact(
        transcript(
            segment("it is 4111 1111", 0, "A"),
            segment("mm-hm", 4, "B"),
            segment("1111 1111 okay", 5, "A"),
        ),
        read_kinds("card"),
    )
    assert texts(found) == ["it is [card]", "mm-hm", "[card] okay"]
    assert found.redactions == (
        Redaction(kind="card", start=2, end=4),
        Redaction(kind="card", start=5, end=7),
    )


def test_number_that_the_other_speaker_continues_is_found() -> None:
    found = redact(
        transcript(segment("it is 4111 1111", 0, "A"), segment("1111 1111 okay", 5, "B")),
        read_kinds("card"),
    )
    assert texts(found) == ["it is [card]", "[card] okay"]


def test_words_that_are_not_those_of_the_text_are_left_out() -> None:
    other = replace(segment(f"card {CARD}", 0), words=(Word(text="4111", start=0, end=1),) * 5)
    found = redact(transcript(other), read_kinds("card"))
    assert (texts(found), found.segments[0].words) == (["card [card]"], ())
    assert found.redactions == (Redaction(kind="card", start=0, end=5),)


def test_segment_without_words_is_masked_as_a_whole_in_time() -> None:
    plain = Segment(start=3, end=8, text=f"card {CARD}")
    found = redact(transcript(plain), read_kinds("card"))
    assert texts(found) == ["card [card]"]
    assert found.redactions == (Redaction(kind="card", start=3, end=8),)


def test_only_the_kinds_that_were_named_are_masked() -> None:
    found = redact(transcript(segment(f"{CARD} or a@example.com", 0)), read_kinds("email"))
    assert texts(found) == [f"{CARD} or [email]"]


def test_names_of_speakers_are_masked_and_stay_different() -> None:
    names = ("+49 170 1234567", "+49 170 7654321", "agent")
    original = transcript(*(segment("hello", start, name) for start, name in enumerate(names)))
    turns = tuple(Turn(start=0, end=1, speaker=name) for name in names)
    found = redact(replace(original, turns=turns), read_kinds("phone"))
    assert [one.speaker for one in found.segments] == ["[phone]", "[phone] 2", "agent"]
    assert [one.speaker for one in found.words()] == ["[phone]", "[phone] 2", "agent"]
    assert [one.speaker for one in found.turns] == ["[phone]", "[phone] 2", "agent"]


def test_text_of_any_script_is_kept() -> None:
    for text in ("", "  ", "你好世界。电话", "مرحبا بالعالم", "a\u0301 \u202e b", "١٢٣", "½ ² 3"):
        assert redact_text(text, ALL) == text


def test_kinds_are_read_in_their_order() -> None:
    assert list(read_kinds(" Phone , card")) == ["card", "phone"]
    assert read_kinds("all") == ALL
    assert list(read_kinds("all,number")) == [*ALL, "number"]


@pytest.mark.parametrize("text", ["", "card,", "cards", "card;phone"])
def test_unknown_kind_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidOption, match="is not a kind of data; use card, iban"):
        read_kinds(text)
