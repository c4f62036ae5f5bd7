"""The chunks of a transfer read like one file."""

import io
import itertools
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_dispatcher.transfers.chunked_file import ChunkedFile
from whisperfarm_dispatcher.transfers.chunks import Chunk
from whisperfarm_store.blobs import FolderBlobs

CONTENT = bytes(range(40))
CUTS = (0, 7, 8, 30, 40)


def chunked_file(folder: Path) -> ChunkedFile:
    blobs, chunks = FolderBlobs(folder), []
    for start, end in itertools.pairwise(CUTS):
        blobs.put(f"transfers/{start}", CONTENT[start:end])
        chunks.append(Chunk(start, end, f"transfers/{start}"))
    return ChunkedFile(blobs, chunks)


def test_chunks_read_like_one_file(tmp_path: Path) -> None:
    found = chunked_file(tmp_path)

    @given(start=st.integers(0, 45), size=st.integers(-1, 45))
    def compare(start: int, size: int) -> None:
        expected = io.BytesIO(CONTENT)
        assert found.seek(start) == expected.seek(start)
        assert found.read(size) == expected.read(size)

    compare()


def test_end_is_known(tmp_path: Path) -> None:
    found = chunked_file(tmp_path)
    assert (found.seek(-2, os.SEEK_END), found.read()) == (38, CONTENT[38:])
    assert found.tell() == 40
