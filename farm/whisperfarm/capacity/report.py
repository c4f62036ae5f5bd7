"""A plan as a table or as JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from whisperfarm.capacity.demand import Demand
from whisperfarm.capacity.plan import UTILIZATION, Plan

GIB, TIB = 2**30, 2**40


def rows(demand: Demand, plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Yield what the farm needs, how much, and why."""
    load = f"{plan.audio_s_per_s:.1f} s of audio per second in the busiest hour"
    yield "workers", str(plan.workers), f"{load}, at {UTILIZATION:.0%} of their speed"
    if plan.gpus:
        yield "GPUs", str(plan.gpus), "one for each worker"
    yield "dispatchers", str(plan.dispatchers), f"{demand.peak_calls_per_s:.2f} calls per second"
    yield "scratch disk", _size(plan.scratch_bytes), "for each worker, besides the reserve"
    yield "blob store", _size(plan.blob_bytes), _growth(plan.blob_bytes_per_day)
    yield "ledger", _size(plan.ledger_bytes), _growth(plan.ledger_bytes_per_day)


def figure_rows(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Yield the figures that the plan rests on."""
    for one in plan.figures:
        yield one.name, f"{one.value:g} {one.unit}", one.source


def notes(demand: Demand, *, is_measured: bool) -> Iterator[str]:
    """Yield what the plan takes for granted."""
    if is_measured and not demand.speakers:
        yield "the measured factor includes speakers; without them, a worker is faster"
    if is_measured:
        yield "the factor is of one machine: measure yours and pass --factor"


def document(demand: Demand, plan: Plan) -> dict[str, Any]:
    """Return the plan as a JSON object. Sizes are in bytes."""
    return {
        "demand": {**asdict(demand), "preset": demand.preset.name},
        "plan": asdict(plan) | {"figures": [asdict(one) for one in plan.figures]},
    }


def _size(size_bytes: float) -> str:
    if size_bytes >= TIB:
        return f"{size_bytes / TIB:.2f} TiB"
    return f"{size_bytes / GIB:.2f} GiB"


def _growth(bytes_per_day: float) -> str:
    return f"{_size(bytes_per_day)} more each day until the oldest is deleted"
