"""Gauges that are read from the ledger when Prometheus scrapes.

The ledger is queried at most once a second, and less often if a query takes long. If it is
unreachable or slow, `ledger_up` is 0 and the scrape returns without the other series.
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
"""A query that took t seconds is repeated after `SELDOM` * t seconds at the earliest."""

LONGEST_S = 3.0
"""Timeout of a query; Prometheus gives up on a scrape after ten seconds."""


class Figures(Protocol):
    """The ledger's methods that are used here."""

    def backlog(self) -> list[Share]:
        """Return the unfinished work by tenant, preset and state."""

    def oldest_waiting(self) -> dict[str, float]:
        """Return the seconds that the oldest queued job has waited, by preset."""

    def live_workers(self, *, within_s: float) -> list[WorkerSign]:
        """Return the workers with a heartbeat in the last `within_s` seconds."""

    def callbacks_waiting(self) -> int:
        """Return the number of undelivered callbacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Result of one query of the ledger."""

    shares: list[Share]
    oldest_s: dict[str, float]
    workers: list[WorkerSign]
    callbacks_waiting: int


class LedgerGauges:
    """Gauges of one ledger. Thread-safe.

    A series that vanishes looks like a fault. So the `presets` and `tenants` of the settings, and
    those that had jobs before, are exported even without jobs.
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
        """Yield all gauges, or only `ledger_up` 0 if the ledger does not answer in time."""
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
        """Return the query that is running or whose result is fresh, else start a new one."""
        with self._lock:
            due = self._due
            if due is None or (due.done() and self._clock() >= self._again_at):
                self._due = due = Future()
                # A daemon thread: one that hangs in a database must not keep the process alive.
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
    """Yield the gauges for each pair of preset and tenant in `known`."""
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
