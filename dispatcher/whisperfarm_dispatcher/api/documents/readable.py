"""The format `docx`: a transcript for readers."""

from typing import TYPE_CHECKING, ClassVar

from whisperfarm_contract.job import Job
from whisperfarm_contract.transcript import Segment, Transcript
from whisperfarm_dispatcher.api.documents import content, word_file
from whisperfarm_dispatcher.api.documents.word_file import safe

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph


class Docx:
    """Title, facts, a paragraph per turn, and the warnings."""

    media_type: ClassVar[str] = word_file.MEDIA_TYPE

    def render_document(self, transcript: Transcript, job: Job) -> bytes:
        """Return the content of the file."""
        import docx

        document = docx.Document()
        document.add_heading(word_file.title_of(job), level=0)
        document.add_paragraph("\n".join(content.facts(transcript, job)))
        if any(word.interpolated for word in transcript.words()):
            document.add_paragraph("The times of words in italics are estimated.")
        for turn in content.turns(transcript):
            _add_turn(document, turn)
        if transcript.warnings:
            _add_warnings(document, transcript)
        return word_file.save(document, job)


def _add_turn(document: "WordDocument", turn: list[Segment]) -> None:
    paragraph = document.add_paragraph()
    speaker = safe(turn[0].speaker or "")
    label = f"[{content.clock(turn[0].start)}] {speaker}".rstrip()
    paragraph.add_run(f"{label}:" if speaker else label).bold = True
    for segment in turn:
        paragraph.add_run(" ")
        _add_text(paragraph, segment)


def _add_text(paragraph: "Paragraph", segment: Segment) -> None:
    for text, is_interpolated in content.pieces(segment):
        before = " " if text[:1].isspace() else ""
        after = " " if text[-1:].isspace() else ""
        bare = safe(text)
        if bare:
            paragraph.add_run(f"{before}{bare}{after}").italic = is_interpolated or None
        elif text:
            paragraph.add_run(" ")


def _add_warnings(document: "WordDocument", transcript: Transcript) -> None:
    document.add_heading("Warnings", level=1)
    for warning in transcript.warnings:
        document.add_paragraph(safe(warning), style="List Bullet")
