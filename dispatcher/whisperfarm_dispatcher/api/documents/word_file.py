"""What all Word documents need: text that XML allows, and reproducible files."""

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from whisperfarm_contract.job import Job

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIRST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_MAX_PROPERTY_CHARS = 255


def safe(text: str) -> str:
    """Return the text in one line, with U+FFFD for each character that XML does not allow."""
    return " ".join(_NOT_XML.sub("\ufffd", text).split())


def title_of(job: Job) -> str:
    """Return the file name of the recording, or the id of a job without one."""
    return safe(job.audio.filename) or job.id


def save(document: "WordDocument", job: Job) -> bytes:
    """Return the file. Equal documents of a job have equal bytes, whenever they are made."""
    properties = document.core_properties
    properties.title = title_of(job)[:_MAX_PROPERTY_CHARS]
    properties.author = properties.comments = ""
    properties.created = properties.modified = datetime.fromtimestamp(job.created_at, UTC)
    file = io.BytesIO()
    document.save(file)
    return _without_dates(file)


def _without_dates(file: io.BytesIO) -> bytes:
    copy = io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _FIRST_ZIP_DATE)
            target.writestr(member, source.read(name), zipfile.ZIP_DEFLATED)
    return copy.getvalue()
