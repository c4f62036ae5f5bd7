"""The format `docx-court`: 25 numbered lines a page, so that a quotation has a page and a line."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from whisperfarm_contract.job import Job
from whisperfarm_contract.transcript import Transcript
from whisperfarm_dispatcher.api.documents import content, word_file
from whisperfarm_dispatcher.api.documents.court_lines import wrapped
from whisperfarm_dispatcher.api.documents.word_file import safe

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

LINES_PER_PAGE = 25
COLUMNS = 56
"""Ten columns take an inch, and the line has 6.5 inches with its number."""

_LINE_POINTS = 24
_STYLE = "No Spacing"


class CourtDocx:
    """Pages of numbered lines in a typewriter font."""

    media_type: ClassVar[str] = word_file.MEDIA_TYPE

    def render_document(self, transcript: Transcript, job: Job) -> bytes:
        """Return the content of the file."""
        document = _empty_document()
        lines = _lines(transcript, job)
        page = 0
        while on_page := list(islice(lines, LINES_PER_PAGE)):
            page += 1
            _add_page(document, page, on_page)
        return word_file.save(document, job)


def _lines(transcript: Transcript, job: Job) -> Iterator[str]:
    for text in _texts(transcript, job):
        yield from wrapped(text, columns=COLUMNS)


def _texts(transcript: Transcript, job: Job) -> Iterator[str]:
    yield word_file.title_of(job)
    yield from content.facts(transcript, job)
    for turn in content.turns(transcript):
        speaker = safe(turn[0].speaker or "")
        said = " ".join(safe(segment.text) for segment in turn)
        yield f"{speaker}: {said}" if speaker else said
    if transcript.warnings:
        yield "Warnings:"
        yield from map(safe, transcript.warnings)


def _empty_document() -> "WordDocument":
    import docx
    from docx.enum.text import WD_LINE_SPACING
    from docx.shared import Inches, Pt

    document = docx.Document()
    section = document.sections[0]
    section.left_margin = section.right_margin = Inches(1)
    section.top_margin = section.bottom_margin = Inches(1)
    style = document.styles[_STYLE]
    style.font.name, style.font.size = "Courier New", Pt(12)
    spacing = style.paragraph_format
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(_LINE_POINTS)
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.widow_control = False
    return document


def _add_page(document: "WordDocument", page: int, lines: list[str]) -> None:
    heading = document.add_paragraph(f"Page {page}", style=_STYLE)
    heading.paragraph_format.page_break_before = page > 1
    for number, line in enumerate(lines, start=1):
        document.add_paragraph(f"{number:2}  {line}", style=_STYLE)
