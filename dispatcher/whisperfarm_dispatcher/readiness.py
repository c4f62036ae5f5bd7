"""Readiness checks of the farm: ledger, blob store and workers, each under a timeout."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import WORKER_STATES, Ledger, WorkerSign

LONGEST_S = 2.0
"""A check that takes longer counts as failed."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Check:
    """Result of one check. `detail` names no paths or servers: anyone may read it."""

    ok: bool
    detail: str


class Readiness:
    """Checks of one dispatcher. `name` is unique to it and valid in a blob's key."""

    def __init__(
        self,
        ledger: Ledger,
        blobs: Blobs,
        *,
        name: str,
        seen_within_s: float,
        longest_s: float = LONGEST_S,
    ) -> None:
        self._workers: _Question[list[WorkerSign]] = _Question(
            lambda: ledger.live_workers(within_s=seen_within_s), longest_s
        )
        self._writing: _Question[bool] = _Question(lambda: _write(blobs, name), longest_s)

    async def checks(self) -> dict[str, Check]:
        """Run all checks. Returns their results by name."""
        workers, written = await asyncio.gather(self._workers.answer(), self._writing.answer())
        return {
            "ledger": _told(
                workers is not None, "the ledger answers", "the ledger does not answer"
            ),
            "blobs": _told(written is not None, "blobs can be written", "blobs cannot be written"),
            "workers": _ready(workers or ()),
        }


def _write(blobs: Blobs, name: str) -> bool:
    blobs.put(f"ready/{name}", b"ok")
    blobs.delete(f"ready/{name}")
    return True


def _told(ok: bool, well: str, ill: str) -> Check:
    return Check(ok, well if ok else f"{ill}; see the dispatcher's log")


def _ready(workers: Sequence[WorkerSign]) -> Check:
    counts = Counter(worker.state for worker in workers)
    listed = ", ".join(f"{counts[state]} {state}" for state in WORKER_STATES)
    return Check(counts["ready"] > 0, listed)


class _Question(Generic[T]):
    """A check that runs in a thread, and only once at a time.

    If a disk hangs, each probe would otherwise leave another blocked thread behind.
    """

    def __init__(self, ask: Callable[[], T], longest_s: float) -> None:
        self._ask = ask
        self._longest_s = longest_s
        self._due: asyncio.Future[T] | None = None

    async def answer(self) -> T | None:
        """Return the result, or `None` if the check raises or takes too long."""
        if self._due is None or self._due.done():
            self._due = asyncio.ensure_future(asyncio.to_thread(self._ask))
        try:
            async with asyncio.timeout(self._longest_s):
                return await asyncio.shield(self._due)
        except Exception as error:
            events.dispatcher.readiness_failed.log(error=str(error) or type(error).__name__)
            return None
