"""The state of the farm as its operators see it: all tenants together."""

import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from whisperfarm_contract.job import Job
from whisperfarm_contract.lanes import Lane
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.ledger import (
    WORKER_LIVE_WITHIN_S,
    Ledger,
    Pause,
    Throughput,
    WorkerHeartbeat,
    Workload,
)

MAX_QUARANTINED = 20
THROUGHPUT_WINDOW_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The unfinished jobs of a preset in a lane, and how long the oldest has been queued."""

    preset: str
    lane: str
    queued: Workload
    running: Workload
    oldest_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmState:
    """What the overview shows. `speeds` has the seconds of audio per second of work by preset,
    slowest first, in the last hour."""

    workers: Sequence[WorkerHeartbeat]
    running: Mapping[str, int]
    queues: Sequence[Queue]
    speeds: Sequence[tuple[str, float]]
    callbacks: int
    quarantined: Sequence[Job]
    pauses: Sequence[Pause]
    free_bytes: int | None


def farm_state(ledger: Ledger, settings: DispatcherSettings) -> FarmState:
    """Read the state of the farm."""
    free_bytes = None
    with suppress(OSError):
        free_bytes = shutil.disk_usage(settings.data_dir).free
    return FarmState(
        workers=ledger.workers.list_live(within_s=WORKER_LIVE_WITHIN_S),
        running=ledger.workers.running_counts(),
        queues=_queues(ledger),
        speeds=_speeds(ledger.backlog.throughput(within_s=THROUGHPUT_WINDOW_S)),
        callbacks=ledger.callbacks.count_pending(),
        quarantined=ledger.jobs.list_quarantined(limit=MAX_QUARANTINED),
        pauses=ledger.pauses.list(),
        free_bytes=free_bytes,
    )


def _queues(ledger: Ledger) -> list[Queue]:
    loads: defaultdict[tuple[str, Lane, JobState], Workload] = defaultdict(Workload)
    for one in ledger.backlog.group_loads():
        loads[one.preset, one.lane, one.state] += one.load
    oldest_s = ledger.backlog.oldest_queued_s()
    groups = sorted({(preset, lane) for preset, lane, _ in loads})
    return [
        Queue(
            preset=preset,
            lane=lane.value,
            queued=loads[preset, lane, JobState.QUEUED],
            running=loads[preset, lane, JobState.RUNNING],
            oldest_s=oldest_s.get((preset, lane), 0.0),
        )
        for preset, lane in groups
    ]


def _speeds(throughput: Sequence[Throughput]) -> list[tuple[str, float]]:
    audio_s: defaultdict[str, float] = defaultdict(float)
    busy_s: defaultdict[str, float] = defaultdict(float)
    for one in throughput:
        audio_s[one.preset] += one.load.audio_s
        busy_s[one.preset] += one.busy_s
    speeds = [(preset, audio_s[preset] / busy) for preset, busy in busy_s.items() if busy > 0]
    return sorted(speeds, key=lambda one: one[1])
