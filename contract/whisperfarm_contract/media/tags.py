"""Tags before and between the frames of a stream: ID3v2, APE, and ID3v1, which ends a file."""

from whisperfarm_contract.media.seekable import Seekable

_MAX_TAGS = 16
_HEADER_BYTES = 32
_ID3_HEADER_BYTES = 10
_ID3_FOOTER_FLAG = 0x10
_ID3V1_BYTES = 128


def end_of_tags(file: Seekable, at: int = 0) -> int:
    """Return the offset after the tags that start at the offset `at`."""
    for _ in range(_MAX_TAGS):
        file.seek(at)
        head = file.read(_HEADER_BYTES)
        size_bytes = _ID3V1_BYTES if at and head.startswith(b"TAG") else _tag_bytes(head)
        if size_bytes is None:
            break
        at += size_bytes
    return at


def _tag_bytes(head: bytes) -> int | None:
    """Return the size of the tag that `head` starts, or `None` if it starts none."""
    if head.startswith(b"ID3"):
        return _id3_bytes(head.ljust(_ID3_HEADER_BYTES, b"\0"))
    if head.startswith(b"APETAGEX") and len(head) == _HEADER_BYTES:
        return _HEADER_BYTES + int.from_bytes(head[12:16], "little")
    return None


def _id3_bytes(head: bytes) -> int:
    """Return the size of an ID3v2 tag. Its four digits have seven bits each."""
    content_bytes = sum((head[6 + place] & 0x7F) << 7 * (3 - place) for place in range(4))
    has_footer = head[5] & _ID3_FOOTER_FLAG
    return content_bytes + _ID3_HEADER_BYTES * (2 if has_footer else 1)
