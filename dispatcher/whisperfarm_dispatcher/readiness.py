"""Readiness checks of the farm: ledger, blob store and workers, each under a timeout."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import WORKER_STATES, Ledger, Pause, WorkerHeartbeat

CHECK_TIMEOUT_S = 2.0
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
        live_within_s: float,
        timeout_s: float = CHECK_TIMEOUT_S,
    ) -> None:
        self._ledger: _SingleFlight[tuple[list[WorkerHeartbeat], list[Pause]]] = _SingleFlight(
            lambda: (ledger.workers.list_live(within_s=live_within_s), ledger.pauses.list()),
            timeout_s,
        )
        self._blob_write: _SingleFlight[bool] = _SingleFlight(
            lambda: _write_probe(blobs, name), timeout_s
        )

    async def checks(self) -> dict[str, Check]:
        """Run all checks. Returns their results by name."""
        answer, written = await asyncio.gather(self._ledger.result(), self._blob_write.result())
        workers, pauses = answer or ([], [])
        return {
            "ledger": _check(
                answer is not None,
                f"the ledger answers; {_pause_text(pauses)}",
                "the ledger does not answer",
            ),
            "blobs": _check(written is not None, "blobs can be written", "blobs cannot be written"),
            "workers": _worker_check(workers),
        }


def _write_probe(blobs: Blobs, name: str) -> bool:
    blobs.put(f"ready/{name}", b"ok")
    blobs.delete(f"ready/{name}")
    return True


def _check(ok: bool, ok_detail: str, failed_detail: str) -> Check:
    return Check(ok, ok_detail if ok else f"{failed_detail}; see the dispatcher's log")


def _pause_text(pauses: Sequence[Pause]) -> str:
    """Name what is paused. A paused farm is ready: it answers, and refuses jobs with a reason."""
    listed = (f"{pause.preset or 'the farm'} ({' and '.join(pause.paused)})" for pause in pauses)
    return f"paused: {', '.join(listed)}" if pauses else "nothing is paused"


def _worker_check(workers: Sequence[WorkerHeartbeat]) -> Check:
    counts = Counter(worker.state for worker in workers)
    listed = ", ".join(f"{counts[state]} {state}" for state in WORKER_STATES)
    return Check(counts["ready"] > 0, listed)


class _SingleFlight(Generic[T]):
    """A check that runs in a thread, and only once at a time.

    If a disk hangs, each probe would otherwise leave another blocked thread behind.
    """

    def __init__(self, call: Callable[[], T], timeout_s: float) -> None:
        self._call = call
        self._timeout_s = timeout_s
        self._pending: asyncio.Future[T] | None = None

    async def result(self) -> T | None:
        """Return the result, or `None` if the check raises or takes too long."""
        if self._pending is None or self._pending.done():
            self._pending = asyncio.ensure_future(asyncio.to_thread(self._call))
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.shield(self._pending)
        except Exception as error:
            events.dispatcher.readiness_failed.log(error=str(error) or type(error).__name__)
            return None
