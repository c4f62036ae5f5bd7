"""Word documents, read back by python-docx."""

import io
from dataclasses import replace

import docx
import pytest

from whisperfarm_contract.job import Audio, Job
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import UnknownFormat
from whisperfarm_contract.states import JobState
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Word
from whisperfarm_dispatcher.api.documents import WORD_DOCUMENTS, result_format
from whisperfarm_dispatcher.api.documents.court_lines import wrapped

HOSTILE = "a\x00b\x1b[31m\ud800 <w:p/> & ]]> \uffff \x0b end"
HARMLESS = "a\ufffdb\ufffd[31m\ufffd <w:p/> & ]]> \ufffd \ufffd end"

JOB = Job(
    id="job-1", tenant="north", state=JobState.SUCCEEDED, preset="demo", options=Options(),
    audio=Audio(key="k", sha256="0" * 64, size_bytes=1, filename="call.wav"), created_at=86_400.0,
)  # fmt: skip
TALK = Transcript(
    language="en",
    model="demo",
    coverage=Coverage(audio_s=3_661.0),
    segments=(
        Segment(start=0, end=1, text=" Good day.", speaker="A"),
        Segment(
            start=1, end=2, text=" It is 5 o'clock.", speaker="A",
            words=(Word(text="It", start=1, end=1.2), Word(text="is", start=1.2, end=1.3),
                   Word(text="5", start=1.3, end=1.4, interpolated=True)),
        ),
        Segment(start=62, end=63, text=" Thanks.", speaker="B"),
    ),
    warnings=("Music was left out.",),
)  # fmt: skip


def _paragraphs(name: str, transcript: Transcript, job: Job = JOB) -> list[str]:
    content = WORD_DOCUMENTS[name].render_document(transcript, job)
    return [one.text for one in docx.Document(io.BytesIO(content)).paragraphs]


def test_docx_has_facts_turns_and_warnings() -> None:
    assert _paragraphs("docx", TALK) == [
        "call.wav",
        "Date: 1970-01-02 00:00 UTC\nDuration: 01:01:01\nLanguage: english\nModel: demo",
        "The times of words in italics are estimated.",
        "[00:00:00] A: Good day. It is 5 o'clock.",
        "[00:01:02] B: Thanks.",
        "Warnings",
        "Music was left out.",
    ]


def test_interpolated_words_are_in_italics() -> None:
    content = WORD_DOCUMENTS["docx"].render_document(TALK, JOB)
    runs = [run for one in docx.Document(io.BytesIO(content)).paragraphs for run in one.runs]
    assert [run.text for run in runs if run.italic] == ["5"]


def test_court_pages_have_25_numbered_lines() -> None:
    long = replace(TALK, segments=(Segment(start=0, end=9, text="word " * 500, speaker="A"),))
    lines = _paragraphs("docx-court", long)
    pages = [index for index, line in enumerate(lines) if line.startswith("Page ")]
    assert pages == [0, 26, 52]
    assert [line[:2] for line in lines[1:26]] == [f"{number:2}" for number in range(1, 26)]
    assert max(map(len, lines)) <= 60


def test_court_pages_start_with_a_page_break() -> None:
    long = replace(TALK, segments=(Segment(start=0, end=9, text="word " * 500),))
    content = WORD_DOCUMENTS["docx-court"].render_document(long, JOB)
    paragraphs = docx.Document(io.BytesIO(content)).paragraphs
    broken = [one.text for one in paragraphs if one.paragraph_format.page_break_before]
    assert broken == ["Page 2", "Page 3"]


@pytest.mark.parametrize("name", WORD_DOCUMENTS)
def test_text_that_xml_does_not_allow_is_replaced(name: str) -> None:
    segment = Segment(start=0, end=1, text=HOSTILE, speaker=HOSTILE)
    talk = replace(TALK, segments=(segment,), warnings=(HOSTILE,))
    job = replace(JOB, audio=replace(JOB.audio, filename=HOSTILE))
    assert " ".join(_paragraphs(name, talk, job)).count(HARMLESS) >= 2


@pytest.mark.parametrize("name", WORD_DOCUMENTS)
def test_equal_transcripts_have_equal_bytes(name: str) -> None:
    first, second = (WORD_DOCUMENTS[name].render_document(TALK, JOB) for _ in range(2))
    assert first == second
    assert b"\x00\x00\x21\x00" in first[:20]  # the first day of 1980


@pytest.mark.parametrize("name", WORD_DOCUMENTS)
def test_empty_transcript_is_a_document(name: str) -> None:
    assert "call.wav" in " ".join(_paragraphs(name, replace(TALK, segments=(), warnings=())))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("ab cd ef", ["ab cd", "ef"]),
        ("abcdefg", ["abcde", "fg"]),
        ("日本語", ["日本", "語"]),
        ("", []),
    ],
)
def test_lines_are_wrapped_by_columns(text: str, lines: list[str]) -> None:
    assert list(wrapped(text, columns=5)) == lines


def test_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(UnknownFormat, match="docx-court"):
        result_format("odt")
