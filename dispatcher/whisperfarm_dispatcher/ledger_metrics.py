"""Gauges that are read from the ledger when Prometheus scrapes.

The ledger is queried at most once a second, and less often if a query takes long. If it is
unreachable or slow, `ledger_up` is 0 and the scrape returns without the other series.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.states import JobState
from whisperfarm_store import events
from whisperfarm_store.ledger import (
    WORKER_STATES,
    ForwardTotals,
    GroupLoad,
    Ledger,
    Pause,
    WorkerHeartbeat,
    Workload,
)
from whisperfarm_store.metrics import Sample, definitions

CACHE_TTL_S = 1.0
TTL_FACTOR = 20
"""A query that took t seconds is repeated after `TTL_FACTOR` * t seconds at the earliest."""

QUERY_TIMEOUT_S = 3.0
"""Timeout of a query; Prometheus gives up on a scrape after ten seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmSnapshot:
    """Result of one query of the ledger."""

    groups: list[GroupLoad]
    oldest_s: dict[tuple[str, Lane], float]
    workers: list[WorkerHeartbeat]
    callbacks_waiting: int
    forwards: ForwardTotals
    pauses: list[Pause]


class LedgerCollector:
    """Gauges of one ledger. Thread-safe.

    A series that vanishes looks like a fault. So the `presets` and `tenants` of the settings, and
    those that had jobs before, are exported even without jobs.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        presets: Iterable[str],
        tenants: Iterable[str],
        live_within_s: float,
        timeout_s: float = QUERY_TIMEOUT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._labels = {(preset, tenant) for preset in presets for tenant in tenants}
        self._live_within_s = live_within_s
        self._timeout_s = timeout_s
        self._clock = clock
        self._lock = threading.Lock()
        self._pending: Future[FarmSnapshot] | None = None
        self._expires_at = float("-inf")

    def collect(self) -> Iterator[Sample]:
        """Yield all gauges, or only `ledger_up` 0 if the ledger does not answer in time."""
        snapshot = self._snapshot()
        yield Sample(definitions.LEDGER_UP, 0.0 if snapshot is None else 1.0)
        if snapshot is not None:
            with self._lock:
                self._labels |= {(group.preset, group.tenant) for group in snapshot.groups}
                labels = sorted(self._labels)
            yield from samples(snapshot, labels)

    def _snapshot(self) -> FarmSnapshot | None:
        try:
            return self._query().result(self._timeout_s)
        except Exception as error:
            events.metrics.ledger_query_failed.log(error=str(error) or type(error).__name__)
            return None

    def _query(self) -> "Future[FarmSnapshot]":
        """Return the query that is running or whose result is fresh, else start a new one."""
        with self._lock:
            pending = self._pending
            if pending is None or (pending.done() and self._clock() >= self._expires_at):
                self._pending = pending = Future()
                # A daemon thread: one that hangs in a database must not keep the process alive.
                thread = threading.Thread(
                    target=self._run_query, args=(pending,), name="gauges", daemon=True
                )
                thread.start()
            return pending

    def _run_query(self, pending: "Future[FarmSnapshot]") -> None:
        started_at = self._clock()
        try:
            snapshot = FarmSnapshot(
                groups=self._ledger.backlog.group_loads(),
                oldest_s=self._ledger.backlog.oldest_queued_s(),
                workers=self._ledger.workers.list_live(within_s=self._live_within_s),
                callbacks_waiting=self._ledger.callbacks.count_pending(),
                forwards=self._ledger.forwards.totals(),
                pauses=self._ledger.pauses.list(),
            )
        except Exception as error:
            self._expires_at = self._clock() + CACHE_TTL_S
            pending.set_exception(error)
        else:
            took_s = self._clock() - started_at
            self._expires_at = self._clock() + max(CACHE_TTL_S, TTL_FACTOR * took_s)
            pending.set_result(snapshot)


def samples(snapshot: FarmSnapshot, labels: Iterable[tuple[str, str]]) -> Iterator[Sample]:
    """Yield the gauges for each pair of preset and tenant in `labels`."""
    loads: dict[tuple[str, str, JobState], Workload] = {}
    queued: Counter[tuple[str, Lane]] = Counter()
    for one in snapshot.groups:
        group = (one.preset, one.tenant, one.state)
        loads[group] = loads.get(group, Workload()) + one.load
        queued[one.preset, one.lane] += one.load.jobs if one.state is JobState.QUEUED else 0
    for preset, tenant in labels:
        audio_s = 0.0
        for state in (JobState.QUEUED, JobState.RUNNING):
            load = loads.get((preset, tenant, state))
            audio_s += load.audio_s + load.estimated_s if load else 0.0
            jobs = load.jobs if load else 0
            yield Sample(definitions.JOBS, float(jobs), (preset, tenant, state.value))
        yield Sample(definitions.BACKLOG_AUDIO, audio_s, (preset, tenant))
    presets = {preset for preset, _ in (*labels, *snapshot.oldest_s)}
    for preset in sorted(presets):
        for lane in Lane:
            waited_s = snapshot.oldest_s.get((preset, lane), 0.0)
            yield Sample(definitions.BACKLOG_OLDEST, waited_s, (preset, lane.value))
            yield Sample(definitions.QUEUED_JOBS, float(queued[preset, lane]), (preset, lane.value))
        concerning = [pause for pause in snapshot.pauses if pause.concerns(preset)]
        accept = any(pause.accept for pause in concerning)
        dispatch = any(pause.dispatch for pause in concerning)
        yield Sample(definitions.PAUSED, float(accept), (preset, "accept"))
        yield Sample(definitions.PAUSED, float(dispatch), (preset, "dispatch"))
    for state_name, count in _worker_counts(snapshot.workers).items():
        yield Sample(definitions.WORKERS, float(count), (state_name,))
    yield Sample(definitions.CALLBACKS_WAITING, float(snapshot.callbacks_waiting))
    yield from _forward_samples(snapshot.forwards)


def _forward_samples(totals: ForwardTotals) -> Iterator[Sample]:
    for state, count in totals.by_state.items():
        yield Sample(definitions.FORWARDS, float(count), (state,))
    yield Sample(definitions.FORWARDS_FAILING, float(totals.failing))
    yield Sample(definitions.FORWARD_OLDEST, totals.oldest_waiting_s)
    yield Sample(definitions.FORWARD_BYTES_WAITING, float(totals.waiting_bytes))


def _worker_counts(workers: Iterable[WorkerHeartbeat]) -> dict[str, int]:
    counts = dict.fromkeys(WORKER_STATES, 0)
    for one in workers:
        counts[one.state] += 1
    return counts
