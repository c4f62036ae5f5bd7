"""Limits on the times of subtitles."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whisperfarm_contract.formats import SubtitleOptions, get_format
from whisperfarm_contract.formats.cue_timing import Cue, apply_limits
from whisperfarm_contract.formats.cues import cues
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Word

AUDIO_MS = 60_000

_LIMITS = st.builds(
    SubtitleOptions,
    max_chars_per_second=st.sampled_from((None, 1.0, 17.0, 100.0)),
    min_cue_duration_s=st.sampled_from((None, 0.1, 5 / 6, 3.0)),
    max_cue_duration_s=st.sampled_from((None, 0.5, 7.0)),
    min_cue_gap_s=st.sampled_from((None, 0.0, 0.083, 2.0)),
).filter(lambda options: options.limits_timing)


@st.composite
def talks(draw: st.DrawFn) -> Transcript:
    """Generate segments that may overlap, as when two people talk at once."""
    segments = []
    for number in range(draw(st.integers(0, 6))):
        now = draw(st.sampled_from((0.0, 1.0, 4.0, 4.05, 30.0)))
        words = []
        for index in range(draw(st.integers(1, 5))):
            length = draw(st.sampled_from((0.0, 0.0004, 0.3, 9.0)))
            words.append(Word(text=f"w{number}.{index}", start=now, end=now + length))
            now += length + draw(st.sampled_from((0.0, 0.2, 4.0)))
        text = " ".join(word.text for word in words)
        segments.append(
            Segment(start=words[0].start, end=words[-1].end, text=text, words=tuple(words))
        )
    return Transcript(
        language="en", model="demo", segments=tuple(segments), coverage=Coverage(audio_s=60.0)
    )


def _limited(*times: tuple[int, int, str], **limits: float) -> list[tuple[int, int, str]]:
    options = SubtitleOptions(**limits)  # type: ignore[arg-type]
    limited = apply_limits((Cue(*one) for one in times), options, audio_ms=AUDIO_MS)
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in limited]


@settings(max_examples=60)
@given(talk=talks(), options=_LIMITS)
def test_limits_keep_all_words_in_order(talk: Transcript, options: SubtitleOptions) -> None:
    shown = " ".join(cue.text for cue in cues(talk, options)).split()
    assert shown == [word.text for word in talk.words()]


@settings(max_examples=60)
@given(talk=talks(), options=_LIMITS)
def test_limited_subtitles_never_overlap(talk: Transcript, options: SubtitleOptions) -> None:
    shown = list(cues(talk, options))
    assert all(cue.start_ms <= cue.end_ms for cue in shown)
    assert all(a.start_ms < b.start_ms and a.end_ms <= b.start_ms for a, b in pairwise(shown))


@settings(max_examples=60)
@given(talk=talks(), options=_LIMITS)
def test_limits_extend_no_subtitle_into_the_gap(talk: Transcript, options: SubtitleOptions) -> None:
    spoken_ends_ms = {round(1000 * word.end) for word in talk.words()}
    gap_ms = round(1000 * (options.min_cue_gap_s or 0))
    for cue, following in pairwise(cues(talk, options)):
        is_unextended = cue.end_ms in spoken_ends_ms or cue.end_ms == following.start_ms
        assert cue.end_ms + gap_ms <= following.start_ms or is_unextended


def test_long_text_stays_until_it_can_be_read() -> None:
    read = _limited((0, 500, "a" * 20), (5000, 6000, "b"), max_chars_per_second=10)
    assert read == [(0, 2000, "a" * 20), (5000, 6000, "b")]


def test_text_that_cannot_be_read_in_time_stays_until_the_next_gap() -> None:
    read = _limited(
        (0, 500, "a" * 99), (3000, 4000, "b"), max_chars_per_second=10, min_cue_gap_s=0.2
    )
    assert read[0] == (0, 2800, "a" * 99)


def test_short_subtitle_gets_the_minimum_duration() -> None:
    assert _limited((0, 100, "a"), min_cue_duration_s=1) == [(0, 1000, "a")]


def test_maximum_duration_limits_the_extension() -> None:
    read = _limited((0, 100, "a" * 99), max_chars_per_second=1, max_cue_duration_s=7)
    assert read == [(0, 7000, "a" * 99)]


def test_last_subtitle_ends_with_the_audio() -> None:
    last = (AUDIO_MS - 300, AUDIO_MS - 200, "a")
    assert _limited(last, min_cue_duration_s=1) == [(AUDIO_MS - 300, AUDIO_MS, "a")]


def test_gap_ends_the_first_subtitle_earlier() -> None:
    assert _limited((0, 1000, "a"), (1000, 2000, "b"), min_cue_gap_s=0.1)[0] == (0, 900, "a")


def test_gap_is_left_out_if_it_took_over_half_of_a_subtitle() -> None:
    assert _limited((0, 1000, "a"), (1000, 2000, "b"), min_cue_gap_s=0.6)[0] == (0, 1000, "a")


def test_simultaneous_speech_is_one_subtitle() -> None:
    read = _limited((0, 2000, "a"), (3000, 5000, "b"), (3000, 4000, "c"), min_cue_gap_s=0)
    assert read == [(0, 2000, "a"), (3000, 5000, "b\nc")]


def _spoken(*starts: float) -> Transcript:
    words = tuple(Word(text=f"w{start:g}", start=start, end=start + 0.5) for start in starts)
    segment = Segment(
        start=starts[0],
        end=starts[-1] + 0.5,
        text=" ".join(word.text for word in words),
        words=words,
    )
    return Transcript(
        language="en", model="demo", segments=(segment,), coverage=Coverage(audio_s=60.0)
    )


def test_maximum_duration_splits_between_words() -> None:
    shown = cues(_spoken(0, 1, 2, 3), SubtitleOptions(max_cue_duration_s=2))
    assert [cue.text for cue in shown] == ["w0 w1", "w2 w3"]


@pytest.mark.parametrize("name", ["srt", "vtt", "ttml"])
def test_formats_of_subtitles_follow_the_limits(name: str) -> None:
    rendered = get_format(name).render(_spoken(0), SubtitleOptions(min_cue_duration_s=12.345))
    assert "12.345" in rendered.replace(",", ".")


def test_highlighted_words_keep_their_times() -> None:
    marked = SubtitleOptions(highlight_words=True)
    limited = SubtitleOptions(highlight_words=True, min_cue_duration_s=5, min_cue_gap_s=1)
    assert list(cues(_spoken(0, 1), limited)) == list(cues(_spoken(0, 1), marked))
