"""The stored form of a call with several recordings: its files one after the other, then an index.

    file 0 | file 1 | ... | index | length of the index (8 bytes, big-endian) | `MAGIC`

The index is JSON with the sizes of the files. It is at the end because sizes are known only when
all files have arrived. There are no names in it, and nothing is read from outside of the file.
"""

import json
import os
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from whisperfarm_contract.legs import MAX_LEGS, MIN_LEGS
from whisperfarm_contract.media.seekable import Seekable

MAGIC = b"WFLEGS01"
_LENGTH_BYTES = 8
_MAX_INDEX_BYTES = 512


class LegExtent(NamedTuple):
    """Where the file of a leg lies."""

    start: int
    size_bytes: int


def index(sizes_bytes: Sequence[int]) -> bytes:
    """Return what follows the last file."""
    content = json.dumps({"sizes_bytes": list(sizes_bytes)}).encode()
    return content + len(content).to_bytes(_LENGTH_BYTES, "big") + MAGIC


def read_extents(file: Seekable) -> list[LegExtent]:
    """Return where the files of the legs lie. Raises `ValueError` if the container is invalid."""
    end = file.seek(0, os.SEEK_END) - len(MAGIC) - _LENGTH_BYTES
    file.seek(max(0, end))
    length = int.from_bytes(file.read(_LENGTH_BYTES), "big")
    if file.read(len(MAGIC)) != MAGIC or not 0 < length <= min(_MAX_INDEX_BYTES, end):
        raise ValueError("the recording is not a container of legs")
    file.seek(end - length)
    sizes = _sizes(file.read(length))
    starts = [0, *accumulate(sizes)]
    if starts[-1] != end - length:
        raise ValueError("the index of the legs does not fit their files")
    return [LegExtent(start, size) for start, size in zip(starts, sizes, strict=False)]


def _sizes(index: bytes) -> list[int]:
    try:
        found = json.loads(index)
    except ValueError as error:
        raise ValueError(f"the index of the legs is not JSON: {error}") from None
    sizes = found.get("sizes_bytes") if isinstance(found, dict) else None
    if (
        not isinstance(sizes, list)
        or not MIN_LEGS <= len(sizes) <= MAX_LEGS
        or not all(type(size) is int and size > 0 for size in sizes)
    ):
        raise ValueError("the index of the legs is invalid")
    return sizes
