"""Subtitles, parsed by other libraries, and options that whisper's writer does not have."""

import io
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import pytest
import srt
import webvtt
from ttconv.imsc import reader as ttml
from ttconv.model import Br, ContentElement, P, Text

from whisperfarm_contract.formats import SubtitleOptions, get_format
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Word

LABELLED = SubtitleOptions(speaker_labels=True)


def _srt_texts(transcript: Transcript, options: SubtitleOptions) -> list[str]:
    return [one.content for one in srt.parse(get_format("srt").render(transcript, options))]


def _talk(*segments: Segment, language: str = "en") -> Transcript:
    return Transcript(
        language=language, model="demo", segments=segments, coverage=Coverage(audio_s=60.0)
    )


def _said(text: str, *words: str, speaker: str | None = None, start: float = 0.0) -> Segment:
    timed = tuple(
        Word(text=word, start=start + i, end=start + i + 0.5) for i, word in enumerate(words)
    )
    return Segment(start=start, end=start + 9, text=text, words=timed, speaker=speaker)


def test_srt_library_reads_the_srt_file(call: Transcript) -> None:
    first, second = srt.parse(get_format("srt").render(call))
    assert (first.index, first.content) == (1, "Good morning.")
    assert (first.start.total_seconds(), first.end.total_seconds()) == (0.5, 1.25)
    assert (second.start.total_seconds(), second.content) == (3661.5, "Hello.")


def _ttml_cues(document: str) -> list[tuple[Fraction, Fraction, str]]:
    """Return begin, end and text of each paragraph, as ttconv reads them."""
    body = ttml.to_model(ElementTree.ElementTree(ElementTree.fromstring(document))).get_body()  # noqa: S314 - our own
    assert body is not None
    return [
        (one.get_begin(), one.get_end(), "".join(map(_ttml_text, one)))
        for one in body.dfs_iterator()
        if isinstance(one, P)
    ]


def _ttml_text(element: ContentElement) -> str:
    if isinstance(element, Br):
        return "\n"
    return element.get_text() if isinstance(element, Text) else "".join(map(_ttml_text, element))


def test_ttml_library_reads_the_ttml_file(call: Transcript) -> None:
    first, second = _ttml_cues(get_format("ttml").render(call))
    assert first == (Fraction(1, 2), Fraction(5, 4), "Good morning.")
    assert second[0] == Fraction(7323, 2)


def test_ttml_keeps_lines_and_markup_as_text() -> None:
    talk = _talk(_said("a <b> & \x00\u200f c", "a", "<b>", "&", "\x00\u200f", "c"))
    narrow = SubtitleOptions(max_line_width=5, highlight_words=True)
    [cue] = _ttml_cues(get_format("ttml").render(talk, narrow))
    assert cue[2] == "a <b>\n& \u200f\nc"


def test_webvtt_library_reads_the_vtt_file(call: Transcript) -> None:
    captions = webvtt.from_buffer(io.StringIO(get_format("vtt").render(call))).captions
    assert [one.text for one in captions] == ["Good morning.", "Hello."]
    assert [one.start for one in captions] == ["00:00:00.500", "01:01:01.500"]


@pytest.mark.parametrize(
    "options", [LABELLED, SubtitleOptions(speaker_labels=True, max_line_width=80)]
)
def test_subtitles_start_with_the_speaker_label(call: Transcript, options: SubtitleOptions) -> None:
    assert _srt_texts(call, options) == ["[SPEAKER_00]: Good morning.", "[SPEAKER_01]: Hello."]


def test_txt_and_tsv_have_speaker_labels(call: Transcript) -> None:
    assert get_format("txt").render(call, LABELLED).splitlines()[1] == "[SPEAKER_01]: Hello."
    assert (
        get_format("tsv").render(call, LABELLED).splitlines()[2].endswith("\t[SPEAKER_01]: Hello.")
    )


def test_unknown_speaker_gets_no_label() -> None:
    assert _srt_texts(_talk(_said("Yes.", "Yes.")), LABELLED) == ["Yes."]


def test_speaker_change_ends_a_labelled_subtitle() -> None:
    talk = _talk(_said("Yes.", "Yes.", speaker="A"), _said("No.", "No.", speaker="B", start=1))
    wide = SubtitleOptions(max_line_width=80, max_line_count=2)
    assert _srt_texts(talk, wide) == ["Yes. No."]
    assert _srt_texts(talk, replace(wide, speaker_labels=True)) == ["[A]: Yes.", "[B]: No."]


def test_highlighted_words_have_the_speaker_label() -> None:
    options = SubtitleOptions(speaker_labels=True, highlight_words=True)
    texts = _srt_texts(_talk(_said("Oh yes.", "Oh", "yes.", speaker="A")), options)
    assert texts == ["[A]: <u>Oh</u> yes.", "[A]: Oh yes.", "[A]: Oh <u>yes.</u>"]


def test_unspaced_scripts_get_no_spaces() -> None:
    talk = _talk(_said("こんにちは", *"こんにちは"), language="ja")
    assert _srt_texts(talk, SubtitleOptions(max_words_per_line=3)) == ["こんに", "ちは"]


@pytest.mark.parametrize(("language", "joined"), [("yue", "早晨你好"), ("en", "早晨 你好")])
def test_segments_on_one_line_are_joined_as_words_are(language: str, joined: str) -> None:
    talk = _talk(_said("早晨", "早", "晨"), _said("你好", "你", "好", start=2), language=language)
    assert _srt_texts(talk, SubtitleOptions(max_line_width=80, max_line_count=2)) == [joined]


def test_each_segment_is_spaced_by_its_own_language() -> None:
    japanese = replace(_said("今日は", *"今日は", start=2), language="ja")
    talk = _talk(_said("Good day.", "Good", "day."), japanese, language="en")
    wide = SubtitleOptions(max_line_width=80, max_line_count=2)
    assert _srt_texts(talk, wide) == ["Good day.今日は"]


def test_translations_have_english_spaces() -> None:
    talk = replace(
        _talk(_said("Good.", "Good."), _said("Day.", "Day.", start=2), language="ja"),
        task="translate",
    )
    wide = SubtitleOptions(max_line_width=80, max_line_count=2)
    assert _srt_texts(talk, wide) == ["Good. Day."]


def test_text_outside_words_is_kept() -> None:
    talk = _talk(_said("Well - 42 (yes)", "Well", "42", "yes"))
    assert _srt_texts(talk, SubtitleOptions(max_line_width=80)) == ["Well - 42 (yes)"]


def test_words_missing_from_the_text_are_joined_by_spaces() -> None:
    talk = _talk(_said("It costs $5", "It", "costs", "five", "dollars"))
    assert _srt_texts(talk, SubtitleOptions(max_line_width=80)) == ["It costs five dollars"]


def test_segment_without_words_is_one_subtitle() -> None:
    talk = _talk(_said("One two.", "One", "two."), _said("Not aligned.", start=10))
    assert _srt_texts(talk, SubtitleOptions(max_line_width=80)) == ["One two.", "Not aligned."]


def test_transcript_without_words_has_a_subtitle_per_segment() -> None:
    assert _srt_texts(_talk(_said("Not aligned.")), SubtitleOptions(max_line_width=4)) == [
        "Not aligned."
    ]


@pytest.mark.parametrize("options", [SubtitleOptions(), SubtitleOptions(max_line_width=80)])
def test_arrow_in_the_text_is_escaped(options: SubtitleOptions) -> None:
    assert _srt_texts(_talk(_said("a --> b", "a", "-->", "b")), options) == ["a -> b"]


@pytest.mark.parametrize("name", ["srt", "vtt", "txt", "tsv", "ttml"])
def test_labels_have_names_of_channels(call: Transcript, name: str) -> None:
    named = replace(call, segments=(replace(call.segments[0], speaker="agent & co"),))
    label = "[agent &amp; co]: Good" if name == "ttml" else "[agent & co]: Good"
    assert label in get_format(name).render(named, LABELLED)
