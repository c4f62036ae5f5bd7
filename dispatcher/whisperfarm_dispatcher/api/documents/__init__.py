"""Documents of a transcript, which need facts of the job: Word documents, and vCon.

- `readable`: the format `docx`, paragraphs by speaker
- `court`: the format `docx-court`, numbered lines on numbered pages
- `court_lines`: wraps text at a fixed width
- `content`: what both Word documents say
- `word_file`: safe text, and a file whose bytes depend on its content only
- `vcon`: the format `vcon`, a container for conversations
- `parties`: its parties, which are the speakers
"""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_contract.formats import FORMATS, Format
from whisperfarm_contract.problems import UnknownFormat
from whisperfarm_dispatcher.api.documents.court import CourtDocx
from whisperfarm_dispatcher.api.documents.readable import Docx
from whisperfarm_dispatcher.api.documents.vcon import Vcon

WordDocument = Docx | CourtDocx
Document = WordDocument | Vcon
"""A format of whole documents, whose `render_document` returns the bytes of the file."""

WORD_DOCUMENTS: Mapping[str, WordDocument] = MappingProxyType(
    {"docx": Docx(), "docx-court": CourtDocx()}
)

DOCUMENTS: Mapping[str, Document] = MappingProxyType({**WORD_DOCUMENTS, "vcon": Vcon()})

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
