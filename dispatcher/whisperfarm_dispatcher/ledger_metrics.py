"""What the ledger knows of the farm, for whoever reads the metrics.

The ledger is asked when somebody looks, once a second at most and more seldom where answering takes
long; one that is away or hangs is told of as such, and keeps nobody waiting.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from whisperfarm_contract.states import State
from whisperfarm_store import events
from whisperfarm_store.ledger import WORKER_STATES, Share, WorkerSign
from whisperfarm_store.metrics import Reading, definitions

FRESH_S = 1.0
SELDOM = 20
"""After how many times the time that asking took it is done again, if that is later."""

LONGEST_S = 3.0
"""How long the ledger may take to answer; whoever reads metrics gives up after ten seconds."""


class Figures(Protocol):
    """The part of the ledger that is asked."""

    def backlog(self) -> list[Share]:
        """How much work has not ended."""

    def oldest_waiting(self) -> dict[str, float]:
        """For how long the oldest job has waited, by preset."""

    def live_workers(self, *, within_s: float) -> list[WorkerSign]:
        """The workers that were heard of."""

    def callbacks_waiting(self) -> int:
        """How many callbacks are still to be tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the farm stands."""

    shares: list[Share]
    oldest_s: dict[str, float]
    workers: list[WorkerSign]
    callbacks_waiting: int


class LedgerGauges:
    """The gauges of one ledger. Safe in several threads.

    `presets` and `tenants` are those of the settings: they are told of also when they have nothing
    to do, and so is whoever had something before, for a gauge that vanishes looks like a fault.
    """

    def __init__(
        self,
        ledger: Figures,
        *,
        presets: Iterable[str],
        tenants: Iterable[str],
        seen_within_s: float,
        longest_s: float = LONGEST_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._known = {(preset, tenant) for preset in presets for tenant in tenants}
        self._seen_within_s = seen_within_s
        self._longest_s = longest_s
        self._clock = clock
        self._lock = threading.Lock()
        self._due: Future[Standing] | None = None
        self._again_at = float("-inf")

    def read(self) -> Iterator[Reading]:
        """How the ledger stands now, or that it does not answer."""
        standing = self._standing()
        yield Reading(definitions.LEDGER_UP, 0.0 if standing is None else 1.0)
        if standing is not None:
            with self._lock:
                self._known |= {(share.preset, share.tenant) for share in standing.shares}
                known = sorted(self._known)
            yield from readings(standing, known)

    def _standing(self) -> Standing | None:
        try:
            return self._asked().result(self._longest_s)
        except Exception as error:
            events.metrics.ledger_query_failed.log(error=str(error) or type(error).__name__)
            return None

    def _asked(self) -> "Future[Standing]":
        """The question that is under way, or whose answer is fresh; else a new one."""
        with self._lock:
            due = self._due
            if due is None or (due.done() and self._clock() >= self._again_at):
                self._due = due = Future()
                # A thread of its own: one that hangs in a database must not keep the process alive.
                asking = threading.Thread(target=self._ask, args=(due,), name="gauges", daemon=True)
                asking.start()
            return due

    def _ask(self, due: "Future[Standing]") -> None:
        began = self._clock()
        try:
            standing = Standing(
                shares=self._ledger.backlog(),
                oldest_s=self._ledger.oldest_waiting(),
                workers=self._ledger.live_workers(within_s=self._seen_within_s),
                callbacks_waiting=self._ledger.callbacks_waiting(),
            )
        except Exception as error:
            self._again_at = self._clock() + FRESH_S
            due.set_exception(error)
        else:
            took_s = self._clock() - began
            self._again_at = self._clock() + max(FRESH_S, SELDOM * took_s)
            due.set_result(standing)


def readings(standing: Standing, known: Iterable[tuple[str, str]]) -> Iterator[Reading]:
    """The gauges; `known` are the pairs of preset and tenant to tell of."""
    loads = {(one.preset, one.tenant, one.state): one.load for one in standing.shares}
    presets = {preset: 0.0 for preset, _ in known} | standing.oldest_s
    for preset, tenant in known:
        audio_s = 0.0
        for state in (State.QUEUED, State.RUNNING):
            load = loads.get((preset, tenant, state))
            audio_s += load.audio_s + load.guessed_s if load else 0.0
            jobs = load.jobs if load else 0
            yield Reading(definitions.JOBS, float(jobs), (preset, tenant, state.value))
        yield Reading(definitions.BACKLOG_AUDIO, audio_s, (preset, tenant))
    for preset, waited_s in presets.items():
        yield Reading(definitions.BACKLOG_OLDEST, waited_s, (preset,))
    for state_name, count in _states(standing.workers).items():
        yield Reading(definitions.WORKERS, float(count), (state_name,))
    yield Reading(definitions.CALLBACKS_WAITING, float(standing.callbacks_waiting))


def _states(workers: Iterable[WorkerSign]) -> dict[str, int]:
    counts = dict.fromkeys(WORKER_STATES, 0)
    for one in workers:
        counts[one.state] += 1
    return counts
