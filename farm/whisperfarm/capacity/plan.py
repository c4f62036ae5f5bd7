"""From a load and measured figures to the size of a farm."""

from dataclasses import dataclass
from math import ceil

from whisperfarm.capacity import measured
from whisperfarm.capacity.demand import Demand
from whisperfarm.capacity.measured import Figure

UTILIZATION = 0.7
"""How busy workers and dispatchers are in the busiest hour. Above this, waits grow fast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The size of a farm, and the figures that it rests on.

    `gpus` is one for each worker, or 0 on CPUs. Sizes are in bytes: those that are kept, and what a
    day adds. `scratch_bytes` is for each worker.
    """

    audio_s_per_s: float
    workers: int
    gpus: int
    dispatchers: int
    scratch_bytes: float
    blob_bytes: float
    blob_bytes_per_day: float
    ledger_bytes: float
    ledger_bytes_per_day: float
    figures: tuple[Figure, ...]


def make_plan(
    demand: Demand, *, factor: float | None = None, gpu: bool = False, concurrency: int = 4
) -> Plan:
    """Plan a farm. `factor` replaces the measured speed of a worker.

    Raises `InvalidSettings` if the speed of the preset is not known.
    """
    speed = measured.factor(demand.preset, factor, gpu=gpu)
    recording = measured.audio_bytes(demand.audio_format)
    load = demand.peak_calls_per_s * demand.seconds * demand.channels
    workers = max(1, ceil(load / (speed.value * UTILIZATION)))
    audio_per_day = demand.audio_s_per_day * recording.value
    results_per_day = demand.audio_s_per_day * measured.TRANSCRIPT.value
    rows_per_day = demand.calls_per_day * measured.LEDGER.value
    per_dispatcher = measured.SUBMISSIONS.value * UTILIZATION
    return Plan(
        audio_s_per_s=load,
        workers=workers,
        gpus=workers if gpu else 0,
        dispatchers=max(1, ceil(demand.peak_calls_per_s / per_dispatcher)),
        scratch_bytes=concurrency * demand.seconds * demand.channels * measured.SCRATCH.value,
        blob_bytes=audio_per_day * demand.keep_audio_days
        + results_per_day * demand.keep_results_days,
        blob_bytes_per_day=audio_per_day + results_per_day,
        ledger_bytes=rows_per_day * demand.keep_jobs_days,
        ledger_bytes_per_day=rows_per_day,
        figures=(
            *(speed, measured.SUBMISSIONS, recording),
            *(measured.TRANSCRIPT, measured.LEDGER, measured.SCRATCH),
        ),
    )
