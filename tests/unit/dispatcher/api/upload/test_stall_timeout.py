"""A slow body is taken, a stalled one and an endless one are not."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from whisperfarm_contract.problems import UploadStalled
from whisperfarm_dispatcher.api.upload.stall_timeout import bounded


async def trickle(count: int, *, pause_s: float) -> AsyncIterator[bytes]:
    for _ in range(count):
        await asyncio.sleep(pause_s)
        yield b"x"


def taken(body: AsyncIterator[bytes], *, stall_s: float, most_s: float) -> list[bytes]:
    async def take() -> list[bytes]:
        return [chunk async for chunk in bounded(body, stall_s=stall_s, most_s=most_s)]

    return asyncio.run(take())


def test_a_slow_body_is_taken_to_its_end() -> None:
    assert taken(trickle(20, pause_s=0.001), stall_s=30, most_s=60) == [b"x"] * 20


def test_a_body_that_stalls_is_given_up() -> None:
    with pytest.raises(UploadStalled, match=r"paused for 0.01 seconds"):
        taken(trickle(1, pause_s=60), stall_s=0.01, most_s=60)


def test_a_body_without_end_is_given_up() -> None:
    with pytest.raises(UploadStalled, match="not complete after"):
        taken(trickle(10**9, pause_s=0.001), stall_s=30, most_s=0.05)
