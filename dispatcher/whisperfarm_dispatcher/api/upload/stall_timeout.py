"""Limits the pauses and the total time of an upload, which may be a call that is still recorded."""

import asyncio
from collections.abc import AsyncIterator

from whisperfarm_contract.problems import UploadStalled


async def with_stall_timeout(
    body: AsyncIterator[bytes], *, stall_timeout_s: float, max_s: float
) -> AsyncIterator[bytes]:
    """Yield the body. Raises `UploadStalled` after `stall_timeout_s` without a byte, or `max_s` in
    all."""
    deadline = _now_s() + max_s
    while True:
        timeout_s = min(stall_timeout_s, deadline - _now_s())
        try:
            async with asyncio.timeout(timeout_s):
                chunk = await anext(body, None)
        except TimeoutError:
            raise UploadStalled(
                _error_message(timeout_s, stall_timeout_s=stall_timeout_s, max_s=max_s)
            ) from None
        if chunk is None:
            return
        yield chunk


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _error_message(timeout_s: float, *, stall_timeout_s: float, max_s: float) -> str:
    if timeout_s < stall_timeout_s:
        return (
            f"the upload was not complete after {max_s:.0f} seconds and was discarded; send it"
            " again over a faster connection"
        )
    return f"the upload paused for {stall_timeout_s:g} seconds and was discarded; send it again"
