"""Whatever a correction changes, its outcome is a transcript that every format can render."""

import copy
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_contract.formats import FORMATS
from whisperfarm_contract.problems import InvalidCorrection
from whisperfarm_contract.revisions.correction import read_correction
from whisperfarm_contract.revisions.words import MAX_COMPARED_PAIRS, replace_text
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Word, from_wire

AUDIO_S = 40.0
WORDS = ("a", "bee", "a", "-->", "<b>", "&amp;", "ö", "12")


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    """Return a segment whose words start in order; a word may end after the next one starts."""
    texts = draw(st.lists(st.sampled_from(WORDS), max_size=6))
    edges = sorted(draw(st.lists(st.floats(0, 30), min_size=2 * len(texts) + 2, max_size=40)))
    count = len(texts)
    overlaps = draw(st.floats(0, 5))
    words = tuple(
        Word(text=text, start=edges[number + 1], end=edges[number + 2] + overlaps)
        for number, text in enumerate(texts)
    )
    glue = draw(st.sampled_from((" ", "  ", "")))
    end = edges[count + 1] + overlaps
    return Segment(
        start=edges[0],
        end=end,
        text=glue.join(texts),
        words=words,
        speaker=draw(st.sampled_from((None, "A", "B"))),
        language=draw(st.sampled_from((None, "zh"))),
    )


transcripts = st.lists(segments(), max_size=3).map(
    lambda found: Transcript(
        language="en", model="demo", segments=tuple(found), coverage=Coverage(audio_s=AUDIO_S)
    )
)
lines = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
numbers = st.integers(0, 3)
optional_numbers = st.none() | numbers
operations = st.one_of(
    st.fixed_dictionaries(
        {
            "op": st.just("replace_text"),
            "segment": numbers,
            "text": lines,
            "first_word": optional_numbers,
            "last_word": optional_numbers,
        }
    ),
    st.fixed_dictionaries(
        {
            "op": st.just("rename_speaker"),
            "speaker": st.sampled_from((None, "A", "B")),
            "segment": optional_numbers,
            "to": st.sampled_from(("A", "Ada -->")),
        }
    ),
    st.fixed_dictionaries({"op": st.just("set_note"), "segment": numbers, "note": lines}),
)


@given(transcripts, st.lists(operations, min_size=1, max_size=4))
def test_outcome_is_a_valid_transcript(parent: Transcript, listed: list[dict[str, Any]]) -> None:
    before = copy.deepcopy(parent)
    try:
        child = read_correction({"parent": 1, "operations": listed}).apply(parent)
    except InvalidCorrection:
        child = parent
    assert parent == before
    assert from_wire(child.to_wire()) == child
    for old, new in zip(parent.segments, child.segments, strict=True):
        assert (new.start, new.end) == (old.start, old.end)
        assert all(0 <= word.start <= word.end <= AUDIO_S for word in new.words)
        assert all(one.start <= two.start for one, two in pairwise(new.words))
        assert not new.words or all(word.text in new.text for word in new.words)
    for format_ in FORMATS.values():
        format_.render(child).encode()


def test_long_texts_keep_words_before_and_after_the_change() -> None:
    count = MAX_COMPARED_PAIRS // 25
    words = tuple(Word(text=f"w{n}", start=n, end=n + 1, score=1.0) for n in range(count))
    text = " ".join(word.text for word in words)
    segment = Segment(start=0, end=count, text=text, words=words)
    middle = text.replace("w7 ", "seven ").replace(f"w{count - 7}", "last")
    changed = replace_text(segment, middle, space=" ", has_words=True)
    assert changed.words[:7] == words[:7]
    assert changed.words[-6:] == words[-6:]
    assert changed.words[count // 2].interpolated  # too many to be compared
    assert [word.start for word in changed.words] == [word.start for word in words]
    assert replace(changed, words=(), text="") == replace(segment, words=(), text="")
