"""Our text formats equal those of the installed openai-whisper, byte for byte."""

import io
from itertools import pairwise, product
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whisperfarm_contract.formats import DEFAULT_OPTIONS, SubtitleOptions, get_format
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Word

WRITERS = {"txt": "WriteTXT", "srt": "WriteSRT", "vtt": "WriteVTT", "tsv": "WriteTSV"}

LAYOUTS = [
    SubtitleOptions(
        max_line_width=width, max_line_count=lines, max_words_per_line=words, highlight_words=marked
    )
    for width, lines, words, marked in product(
        (None, 1, 12, 42), (None, 1, 2), (None, 1, 3), (False, True)
    )
]

_WORD = st.text(st.sampled_from("abcdefghijkäßж.,!?'"), min_size=1, max_size=14)
_STEP_S = st.sampled_from((0.0, 0.0004, 0.12, 0.3, 1.0, 2.9999, 3.0, 3.5, 900.0))


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Generate segments of one or more words, with pauses of all lengths and times past an hour."""
    now, segments = 0.0, []
    for texts in draw(st.lists(st.lists(_WORD, min_size=1, max_size=9), max_size=6)):
        words = []
        for text in texts:
            start = now + draw(_STEP_S)
            now = start + draw(_STEP_S)
            words.append(Word(text=text, start=start, end=now))
        start, end = words[0].start - draw(_STEP_S) / 1000, now + draw(_STEP_S)
        segments.append(
            Segment(start=max(0.0, start), end=end, text=" ".join(texts), words=tuple(words))
        )
    return Transcript(
        language="en", model="demo", segments=tuple(segments), coverage=Coverage(audio_s=now)
    )


def _as_whisper(transcript: Transcript, *, with_words: bool) -> dict[str, Any]:
    """Return the result as openai-whisper passes it to its writers."""
    segments: list[dict[str, Any]] = []
    for segment in transcript.segments:
        one: dict[str, Any] = {
            "start": segment.start,
            "end": segment.end,
            "text": " " + segment.text,
        }
        if with_words:
            one["words"] = [
                {"word": " " + word.text, "start": word.start, "end": word.end}
                for word in segment.words
            ]
        segments.append(one)
    return {"text": transcript.text, "language": "en", "segments": segments}


def _written(
    writers: ModuleType, name: str, transcript: Transcript, options: SubtitleOptions
) -> str:
    writer = getattr(writers, WRITERS[name])("unused")
    file = io.StringIO()
    result = _as_whisper(transcript, with_words=options.needs_words)
    flags = {
        "max_line_width": options.max_line_width,
        "max_line_count": options.max_line_count,
        "max_words_per_line": options.max_words_per_line,
        "highlight_words": options.highlight_words,
    }
    writer.write_result(result, file, flags)
    return file.getvalue()


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=60, derandomize=True)
@given(transcript=transcripts())
def test_default_files_equal_those_of_whisper(
    whisper_writers: ModuleType, name: str, transcript: Transcript
) -> None:
    expected = _written(whisper_writers, name, transcript, DEFAULT_OPTIONS)
    assert get_format(name).render(transcript) == expected


@pytest.mark.parametrize("name", ["srt", "vtt"])
@settings(max_examples=400, derandomize=True)
@given(transcript=transcripts(), options=st.sampled_from(LAYOUTS))
def test_subtitle_options_give_the_files_of_whisper(
    whisper_writers: ModuleType, name: str, transcript: Transcript, options: SubtitleOptions
) -> None:
    expected = _written(whisper_writers, name, transcript, options)
    assert get_format(name).render(transcript, options) == expected


@pytest.mark.parametrize("name", WRITERS)
def test_tabs_and_long_times_are_written_as_by_whisper(
    whisper_writers: ModuleType, name: str
) -> None:
    edges = (0.0, 59.9996, 3599.9994, 3599.9996, 3600.0, 360_000.0)
    segments = tuple(Segment(start=a, end=b, text="a\tb") for a, b in pairwise(edges))
    talk = Transcript(language="en", model="x", segments=segments, coverage=Coverage(audio_s=1))
    assert get_format(name).render(talk) == _written(whisper_writers, name, talk, DEFAULT_OPTIONS)


@pytest.mark.parametrize("options", LAYOUTS, ids=str)
def test_every_option_agrees_with_whisper_on_a_long_talk(
    whisper_writers: ModuleType, options: SubtitleOptions
) -> None:
    words = [
        Word(text=f"w{'o' * (i * 7 % 11)}rd", start=i * 0.4 + 4.0 * (i // 17), end=i * 0.4 + 0.3)
        for i in range(60)
    ]
    cuts = [0, 5, 6, 20, 43, 60]
    segments = tuple(
        Segment(
            start=words[a].start,
            end=words[b - 1].end,
            text=" ".join(word.text for word in words[a:b]),
            words=tuple(words[a:b]),
        )
        for a, b in pairwise(cuts)
    )
    talk = Transcript(language="en", model="x", segments=segments, coverage=Coverage(audio_s=60))
    expected = _written(whisper_writers, "srt", talk, options)
    assert get_format("srt").render(talk, options) == expected
