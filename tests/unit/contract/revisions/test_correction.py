"""Corrections change what they name, and nothing else."""

from dataclasses import replace
from typing import Any

import pytest

from whisperfarm_contract.problems import InvalidCorrection
from whisperfarm_contract.revisions.correction import (
    MAX_OPERATIONS,
    MAX_RENAMES,
    Remark,
    read_correction,
    read_remark,
)
from whisperfarm_contract.transcript import KnownSpeaker, Segment, Transcript, Turn, Word


def corrected(transcript: Transcript, *operations: dict[str, Any]) -> Transcript:
    return read_correction({"parent": 1, "operations": list(operations)}).apply(transcript)


def replaced(text: str, **words: int) -> dict[str, Any]:
    return {"op": "replace_text", "segment": 0, "text": text, **words}


def times(segment: Segment) -> list[tuple[str, float, float, bool]]:
    return [(word.text, word.start, word.end, word.interpolated) for word in segment.words]


def test_unchanged_words_keep_times_and_scores(call: Transcript) -> None:
    [first, second] = corrected(call, replaced("Good evening.")).segments
    assert first.text == "Good evening."
    assert first.words[0] == call.segments[0].words[0]
    assert times(first)[1] == ("evening.", 0.75, 1.25, True)
    assert (first.start, first.end, first.avg_logprob) == (0.5, 1.25, None)
    assert second == call.segments[1]


def test_inserted_words_are_interpolated_between_their_neighbours(call: Transcript) -> None:
    later = replace(call.segments[0].words[1], start=0.9, interpolated=False)
    parent = replace(
        call,
        segments=(replace(call.segments[0], words=(call.segments[0].words[0], later)),),
    )
    child = corrected(parent, replaced("Good old morning."))
    assert times(child.segments[0]) == [
        ("Good", 0.5, 0.75, False),
        ("old", 0.75, 0.9, True),
        ("morning.", 0.9, 1.25, False),
    ]
    assert child.segments[0].words[1].speaker == "SPEAKER_00"
    assert child.coverage.interpolated_words == 1


def test_new_words_start_before_the_next_one_that_they_overlap(call: Transcript) -> None:
    words = (Word(text="a", start=0, end=3), Word(text="b", start=1, end=4))
    parent = replace(call, segments=(Segment(start=0, end=4, text="a b", words=words),))
    first = corrected(parent, replaced("x y", first_word=0)).segments[0]
    assert [(word.start, word.end) for word in first.words] == [(0, 0.5), (0.5, 1), (1, 4)]


def test_word_range_is_replaced_in_text_and_words(call: Transcript) -> None:
    first = corrected(call, replaced("bright new day.", first_word=1)).segments[0]
    assert first.text == "Good bright new day."
    assert times(first) == [
        ("Good", 0.5, 0.75, False),
        ("bright", 0.75, 0.981, True),
        ("new", 0.981, 1.096, True),
        ("day.", 1.096, 1.25, True),
    ]


def test_removed_words_leave_one_space(call: Transcript) -> None:
    parent = corrected(call, replaced("Good old morning."))
    first = corrected(parent, replaced("", first_word=1, last_word=1)).segments[0]
    assert first.text == "Good morning."
    assert [word.text for word in first.words] == ["Good", "morning."]


def test_text_of_a_transcript_without_words_stays_without(call: Transcript) -> None:
    parent = replace(call, segments=tuple(replace(one, words=()) for one in call.segments))
    first = corrected(parent, replaced("Good evening.")).segments[0]
    assert (first.text, first.words) == ("Good evening.", ())


def test_segment_without_text_gets_words_again(call: Transcript) -> None:
    empty = corrected(call, replaced(""))
    assert (empty.segments[0].text, empty.segments[0].words) == ("", ())
    first = corrected(empty, replaced("Good day.")).segments[0]
    assert times(first) == [("Good", 0.5, 0.875, True), ("day.", 0.875, 1.25, True)]


def test_characters_are_words_in_a_language_without_spaces(call: Transcript) -> None:
    words = tuple(
        Word(text=text, start=start, end=start + 1, score=0.5)
        for start, text in enumerate("你好吗")
    )
    chinese = Segment(start=0, end=3, text="你好吗", words=words, language="zh")
    parent = replace(call, segments=(chinese,))
    first = corrected(parent, replaced("好 的", first_word=1, last_word=2)).segments[0]
    assert [word.text for word in first.words] == ["你", "好", "的"]
    assert [word.interpolated for word in first.words] == [False, False, True]


def test_speaker_is_renamed_everywhere(call: Transcript) -> None:
    child = corrected(call, {"op": "rename_speaker", "speaker": "SPEAKER_00", "to": "Ada"})
    assert [one.speaker for one in child.segments] == ["Ada", "SPEAKER_01"]
    assert {word.speaker for word in child.segments[0].words} == {"Ada"}
    assert child.turns == (Turn(start=0.4, end=1.3, speaker="Ada"),)


def test_renamed_speaker_is_not_known_by_voice(call: Transcript) -> None:
    known = tuple(
        KnownSpeaker(name=name, voice="v", score=0.9) for name in ("SPEAKER_00", "SPEAKER_01")
    )
    named = replace(call, known_speakers=known)
    child = corrected(named, {"op": "rename_speaker", "speaker": "SPEAKER_00", "to": "Ada"})
    assert child.known_speakers == known[1:]


def test_speaker_of_one_segment_is_set(call: Transcript) -> None:
    child = corrected(call, {"op": "rename_speaker", "segment": 1, "to": "SPEAKER_00"})
    assert [one.speaker for one in child.segments] == ["SPEAKER_00", "SPEAKER_00"]
    assert child.segments[1].words[0].speaker == "SPEAKER_00"
    assert child.turns == call.turns


def test_notes_and_tags_are_set_and_removed(call: Transcript) -> None:
    note = {"op": "set_note", "segment": 1, "note": "  unclear\r\nagain "}
    tags = {"op": "set_tags", "segment": 1, "tags": ["greeting", "greeting", "late"]}
    child = corrected(call, note, tags)
    assert (child.segments[1].note, child.segments[1].tags) == (
        "unclear\nagain",
        ("greeting", "late"),
    )
    bare = corrected(child, {**note, "note": ""}, {**tags, "tags": []})
    assert bare.segments == call.segments


def test_operations_apply_to_what_those_before_made(call: Transcript) -> None:
    one, two = replaced("A B C"), replaced("X", first_word=2)
    assert corrected(call, one, two).segments[0].text == "A B X"


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (["no object"], "not a JSON object"),
        ({"op": "drop_table"}, "op: 'drop_table' is not one of replace_text"),
        ({"op": "replace_text", "text": "x"}, "segment is missing"),
        (replaced("x", segment=7), "no segment 7"),
        (replaced("x", first_word=1, last_word=0), "no words 1 to 0"),
        (replaced("x", first_word=2), "no words 2 to 2"),
        (replaced("two\nlines"), "line breaks"),
        (replaced("\x1b[2J"), "unprintable"),
        (replaced("x" * 5001), "5001 characters"),
        (replaced("x", by="me"), "there is no option 'by'"),
        ({"op": "rename_speaker", "speaker": "SPEAKER_09", "to": "A"}, "no speaker 'SPEAKER_09'"),
        ({"op": "rename_speaker", "to": "A"}, "give one of the two"),
        ({"op": "rename_speaker", "speaker": "A", "to": ""}, "to is missing"),
        ({"op": "set_note", "segment": 0, "note": "\x00"}, "NUL"),
        ({"op": "set_note", "segment": 0, "note": "a\u202eb"}, "unprintable"),
        ({"op": "set_tags", "segment": 0, "tags": "urgent"}, "list of tags"),
        ({"op": "set_tags", "segment": 0, "tags": [" "]}, "a tag is empty"),
        ({"op": "set_tags", "segment": 0, "tags": [str(n) for n in range(21)]}, "21 tags"),
    ],
)
def test_invalid_operation_is_named_by_its_index(
    call: Transcript, operation: Any, words: str
) -> None:
    with pytest.raises(InvalidCorrection, match=r"operations\[1\]: ") as raised:
        corrected(call, replaced("fine"), operation)
    assert words in raised.value.detail


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"operations": [replaced("x")]}, "parent"),
        ({"parent": 0, "note": "x"}, "parent: 0"),
        ({"parent": 1}, "the list is empty"),
        ({"parent": 1, "operations": {"op": "set_note"}}, "not a list"),
        ({"parent": 1, "operations": {}, "note": "checked"}, "not a list"),
        ({"parent": 1, "operations": 0, "note": "checked"}, "not a list"),
        ({"parent": 1, "operations": [replaced("x")] * (MAX_OPERATIONS + 1)}, "501 operations"),
        (
            {
                "parent": 1,
                "operations": [{"op": "rename_speaker", "speaker": "A", "to": "B"}]
                * (MAX_RENAMES + 1),
            },
            "51 of them",
        ),
        ({"parent": 1, "note": "x", "author": "me"}, "there is no option 'author'"),
    ],
)
def test_invalid_correction_is_refused(document: Any, words: str) -> None:
    with pytest.raises(InvalidCorrection) as raised:
        read_correction(document)
    assert words in raised.value.detail


def test_note_alone_is_a_correction(call: Transcript) -> None:
    correction = read_correction({"parent": 3, "note": "checked", "tags": ["done"]})
    assert correction.parent == 3
    assert correction.remark == Remark(note="checked", tags=("done",))
    assert correction.apply(call) == call


def test_remark_may_be_empty() -> None:
    assert read_remark({}) == Remark()
    with pytest.raises(InvalidCorrection, match="no option 'parent'"):
        read_remark({"parent": 1})
