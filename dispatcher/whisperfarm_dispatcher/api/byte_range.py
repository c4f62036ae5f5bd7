"""The part of a file that the header `Range` asks for (RFC 9110, 14.2)."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes from `start` to before `end`."""

    start: int
    end: int


class UnsatisfiableRange(ValueError):
    """The range starts behind the end of the file."""


def read_range(header: str | None, size_bytes: int) -> ByteRange | None:
    """Return the range, or `None` for the whole file: also for several ranges, or an invalid one.

    Raises `UnsatisfiableRange`.
    """
    found = _RANGE.fullmatch((header or "").strip())
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        start, end = max(0, size_bytes - int(found[2])), size_bytes
    else:
        start = int(found[1])
        if found[2] and int(found[2]) < start:
            return None
        end = min(size_bytes, int(found[2]) + 1) if found[2] else size_bytes
    if start >= end:
        raise UnsatisfiableRange
    return ByteRange(start, end)
