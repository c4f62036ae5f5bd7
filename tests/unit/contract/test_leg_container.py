"""The stored form of a call with several recordings."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whisperfarm_contract import leg_container
from whisperfarm_contract.leg_container import MAGIC


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=2, max_size=16))
def test_files_are_found_where_they_lie(files: list[bytes]) -> None:
    content = b"".join(files) + leg_container.index(list(map(len, files)))
    found = leg_container.read_extents(io.BytesIO(content))
    assert [content[start : start + size] for start, size in found] == files


def container(index: object, audio: bytes = b"aabb") -> bytes:
    content = index if isinstance(index, bytes) else json.dumps(index).encode()
    return audio + content + len(content).to_bytes(8, "big") + MAGIC


@pytest.mark.parametrize(
    "content",
    [
        b"",
        MAGIC,
        bytes(8) + MAGIC,
        container({"sizes_bytes": [2, 2]})[:-1],
        container({"sizes_bytes": [2, 3]}),
        container({"sizes_bytes": [2, 2]}, b"aab"),
        container({"sizes_bytes": [4]}),
        container({"sizes_bytes": [5, -1]}),
        container({"sizes_bytes": [4, 0]}),
        container({"sizes_bytes": [2.0, 2.0]}),
        container({"sizes_bytes": [True, 3]}),
        container({"sizes_bytes": [1] * 17}, bytes(17)),
        container([2, 2]),
        container({"sizes_bytes": "22"}),
        container(b"[" * 500),
        container(b" " * 513),
        container(b"\xff\xfe"),
        b"aabb" + (1 << 60).to_bytes(8, "big") + MAGIC,
    ],
)
def test_invalid_container_is_rejected(content: bytes) -> None:
    with pytest.raises(ValueError, match="legs"):
        leg_container.read_extents(io.BytesIO(content))
