"""A slow body is accepted; a stalled body and an endless one are rejected."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from whisperfarm_contract.problems import UploadStalled
from whisperfarm_dispatcher.api.upload.stall_timeout import with_stall_timeout


async def trickle(count: int, *, pause_s: float) -> AsyncIterator[bytes]:
    for _ in range(count):
        await asyncio.sleep(pause_s)
        yield b"x"


def taken(body: AsyncIterator[bytes], *, stall_timeout_s: float, max_s: float) -> list[bytes]:
    async def take() -> list[bytes]:
        return [
            chunk
            async for chunk in with_stall_timeout(
                body, stall_timeout_s=stall_timeout_s, max_s=max_s
            )
        ]

    return asyncio.run(take())


def test_slow_body_is_read_to_its_end() -> None:
    assert taken(trickle(20, pause_s=0.001), stall_timeout_s=30, max_s=60) == [b"x"] * 20


def test_stalled_body_raises_upload_stalled() -> None:
    with pytest.raises(UploadStalled, match=r"paused for 0.01 seconds"):
        taken(trickle(1, pause_s=60), stall_timeout_s=0.01, max_s=60)


def test_body_past_the_maximum_time_raises_upload_stalled() -> None:
    with pytest.raises(UploadStalled, match="not complete after"):
        taken(trickle(10**9, pause_s=0.001), stall_timeout_s=30, max_s=0.05)
