"""Limits the pauses and the total time of an upload, which may be a call that is still recorded."""

import asyncio
from collections.abc import AsyncIterator

from whisperfarm_contract.problems import UploadStalled


async def bounded(
    body: AsyncIterator[bytes], *, stall_s: float, most_s: float
) -> AsyncIterator[bytes]:
    """Yield the body. Raises `UploadStalled` after `stall_s` without a byte, or `most_s` in all."""
    ends = _now_s() + most_s
    while True:
        patience_s = min(stall_s, ends - _now_s())
        try:
            async with asyncio.timeout(patience_s):
                chunk = await anext(body, None)
        except TimeoutError:
            raise UploadStalled(_reason(patience_s, stall_s=stall_s, most_s=most_s)) from None
        if chunk is None:
            return
        yield chunk


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _reason(patience_s: float, *, stall_s: float, most_s: float) -> str:
    if patience_s < stall_s:
        return (
            f"the upload was not complete after {most_s:.0f} seconds and was discarded; send it"
            " again over a faster connection"
        )
    return f"the upload paused for {stall_s:g} seconds and was discarded; send it again"
