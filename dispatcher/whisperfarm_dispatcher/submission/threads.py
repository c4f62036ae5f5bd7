"""Runs blocking work in threads, for coroutines that may be cancelled."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

T = TypeVar("T")


async def run_in_thread(
    work: Callable[..., T], *args: object, executor: Executor | None = None
) -> T:
    """Run `work` in a thread of `executor`, or of the event loop's own.

    Cancellation waits for the end of `work`: no file may be closed during a write.
    """
    call = partial(contextvars.copy_context().run, work, *args)
    task = asyncio.ensure_future(asyncio.get_running_loop().run_in_executor(executor, call))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
