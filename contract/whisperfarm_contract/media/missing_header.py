"""Fragments of streams that begin in the middle, without the header that names their codec."""

import re

from whisperfarm_contract.media.recognition import SNIFF_BYTES, Recognized
from whisperfarm_contract.media.seekable import Seekable

_MATROSKA_CLUSTER = b"\x1f\x43\xb6\x75"
_FIRST_OGG_PAGE = re.compile(rb"OggS\0[\x02\x06]")
"""A page that starts a logical stream (RFC 3533); the second flag means that it ends it too."""


def find(file: Seekable, found: Recognized | None) -> str | None:
    """Return why the file cannot be decoded if its header is missing, else `None`.

    An Ogg file of more than `SNIFF_BYTES` bytes may have a header further on.
    """
    if found is None:
        is_cluster = _head(file, 0, len(_MATROSKA_CLUSTER)) == _MATROSKA_CLUSTER
        return _reason("a WebM or Matroska") if is_cluster else None
    if found.container.name != "ogg":
        return None
    head = _head(file, found.offset, SNIFF_BYTES)
    has_start = len(head) == SNIFF_BYTES or _FIRST_OGG_PAGE.search(head)
    return None if has_start else _reason("an Ogg")


def _head(file: Seekable, offset: int, size_bytes: int) -> bytes:
    file.seek(offset)
    return file.read(size_bytes)


def _reason(name: str) -> str:
    return (
        f"the file begins in the middle of {name} stream, so the header that names its codec is"
        " missing; put the start of the recording before it, or send the recording as a whole"
    )
