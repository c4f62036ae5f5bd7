"""Word documents of a transcript, which need facts of the job and a library.

- `readable`: the format `docx`, paragraphs by speaker
- `court`: the format `docx-court`, numbered lines on numbered pages
- `court_lines`: wraps text at a fixed width
- `content`: what both say
- `word_file`: safe text, and a file whose bytes depend on its content only
"""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_contract.formats import FORMATS, Format
from whisperfarm_contract.problems import UnknownFormat
from whisperfarm_dispatcher.api.documents.court import CourtDocx
from whisperfarm_dispatcher.api.documents.readable import Docx

Document = Docx | CourtDocx
"""A format of whole documents, whose `render_document` returns the bytes of the file."""

DOCUMENTS: Mapping[str, Document] = MappingProxyType({"docx": Docx(), "docx-court": CourtDocx()})

RESULT_FORMATS: Mapping[str, Format | Document] = MappingProxyType({**FORMATS, **DOCUMENTS})
"""All formats of the API: those of the contract, and documents."""


def result_format(name: str) -> Format | Document:
    """Return the format; upper and lower case are equal. Raises `UnknownFormat`."""
    try:
        return RESULT_FORMATS[name.lower()]
    except KeyError:
        raise UnknownFormat(
            f"there is no output format {name!r}; known: {', '.join(RESULT_FORMATS)}"
            " ('all' means several files, which only whisper-remote can write)"
        ) from None
