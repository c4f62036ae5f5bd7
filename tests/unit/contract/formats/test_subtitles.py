"""Subtitles read back by other people's libraries, and what whisper's own writer does not have."""

import io
from dataclasses import replace

import pytest
import srt
import webvtt

from whisperfarm_contract.formats import Layout, find
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Word

LABELLED = Layout(speaker_labels=True)


def _srt_texts(transcript: Transcript, layout: Layout) -> list[str]:
    return [one.content for one in srt.parse(find("srt").render(transcript, layout))]


def _talk(*segments: Segment, language: str = "en") -> Transcript:
    return Transcript(
        language=language, model="demo", segments=segments, coverage=Coverage(audio_s=60.0)
    )


def _said(text: str, *words: str, speaker: str | None = None, start: float = 0.0) -> Segment:
    timed = tuple(
        Word(text=word, start=start + i, end=start + i + 0.5) for i, word in enumerate(words)
    )
    return Segment(start=start, end=start + 9, text=text, words=timed, speaker=speaker)


def test_srt_is_read_by_the_srt_library(call: Transcript) -> None:
    first, second = srt.parse(find("srt").render(call))
    assert (first.index, first.content) == (1, "Good morning.")
    assert (first.start.total_seconds(), first.end.total_seconds()) == (0.5, 1.25)
    assert (second.start.total_seconds(), second.content) == (3661.5, "Hello.")


def test_vtt_is_read_by_the_webvtt_library(call: Transcript) -> None:
    captions = webvtt.from_buffer(io.StringIO(find("vtt").render(call))).captions
    assert [one.text for one in captions] == ["Good morning.", "Hello."]
    assert [one.start for one in captions] == ["00:00:00.500", "01:01:01.500"]


@pytest.mark.parametrize("layout", [LABELLED, Layout(speaker_labels=True, max_line_width=80)])
def test_labels_stand_before_what_each_speaker_says(call: Transcript, layout: Layout) -> None:
    assert _srt_texts(call, layout) == ["[SPEAKER_00]: Good morning.", "[SPEAKER_01]: Hello."]


def test_labels_are_in_txt_and_tsv_too(call: Transcript) -> None:
    assert find("txt").render(call, LABELLED).splitlines()[1] == "[SPEAKER_01]: Hello."
    assert find("tsv").render(call, LABELLED).splitlines()[2].endswith("\t[SPEAKER_01]: Hello.")


def test_a_speaker_who_is_not_known_gets_no_label() -> None:
    assert _srt_texts(_talk(_said("Yes.", "Yes.")), LABELLED) == ["Yes."]


def test_a_change_of_speaker_ends_a_labelled_subtitle() -> None:
    talk = _talk(_said("Yes.", "Yes.", speaker="A"), _said("No.", "No.", speaker="B", start=1))
    wide = Layout(max_line_width=80, max_line_count=2)
    assert _srt_texts(talk, wide) == ["Yes. No."]
    assert _srt_texts(talk, replace(wide, speaker_labels=True)) == ["[A]: Yes.", "[B]: No."]


def test_each_highlighted_word_carries_the_label() -> None:
    layout = Layout(speaker_labels=True, highlight_words=True)
    texts = _srt_texts(_talk(_said("Oh yes.", "Oh", "yes.", speaker="A")), layout)
    assert texts == ["[A]: <u>Oh</u> yes.", "[A]: Oh yes.", "[A]: Oh <u>yes.</u>"]


def test_scripts_without_spaces_get_none() -> None:
    talk = _talk(_said("こんにちは", *"こんにちは"), language="ja")
    assert _srt_texts(talk, Layout(max_words_per_line=3)) == ["こんに", "ちは"]


@pytest.mark.parametrize(("language", "joined"), [("yue", "早晨你好"), ("en", "早晨 你好")])
def test_segments_that_share_a_line_are_parted_as_the_script_parts_words(
    language: str, joined: str
) -> None:
    talk = _talk(_said("早晨", "早", "晨"), _said("你好", "你", "好", start=2), language=language)
    assert _srt_texts(talk, Layout(max_line_width=80, max_line_count=2)) == [joined]


def test_text_that_is_in_no_word_is_kept() -> None:
    talk = _talk(_said("Well - 42 (yes)", "Well", "42", "yes"))
    assert _srt_texts(talk, Layout(max_line_width=80)) == ["Well - 42 (yes)"]


def test_words_that_are_not_in_the_text_are_parted_by_spaces() -> None:
    talk = _talk(_said("It costs $5", "It", "costs", "five", "dollars"))
    assert _srt_texts(talk, Layout(max_line_width=80)) == ["It costs five dollars"]


def test_a_segment_without_words_is_shown_whole() -> None:
    talk = _talk(_said("One two.", "One", "two."), _said("Not aligned.", start=10))
    assert _srt_texts(talk, Layout(max_line_width=80)) == ["One two.", "Not aligned."]


def test_without_any_words_each_segment_is_a_subtitle() -> None:
    assert _srt_texts(_talk(_said("Not aligned.")), Layout(max_line_width=4)) == ["Not aligned."]


@pytest.mark.parametrize("layout", [Layout(), Layout(max_line_width=80)])
def test_an_arrow_in_the_text_is_no_time(layout: Layout) -> None:
    assert _srt_texts(_talk(_said("a --> b", "a", "-->", "b")), layout) == ["a -> b"]
