"""The table and the plot of the orders."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

from bench.figure import percentile
from bench.order.simulation import Ran
from whisperfarm.markdown import table
from whisperfarm_contract.lanes import DEFAULT_OBJECTIVES_S, Lane

Days = Mapping[str, Sequence[Ran]]

_HEAD = ("Lane", "Order", "median wait", "p99", "worst", "within the objective")
_OTHERS = ("Order", "deadlines missed", "small archive done after", "everything done after")


def markdown(days: Days) -> str:
    """Return two tables: the waits by lane, and what else the orders differ in."""
    waits = table(_HEAD, (_waits(lane, name, days[name]) for lane, name in product(Lane, days)))
    return f"{waits}\n\n{table(_OTHERS, (_others(name, day) for name, day in days.items()))}"


def _waits(lane: Lane, name: str, day: Sequence[Ran]) -> Iterator[str]:
    waits_s = [ran.waited_s for ran in day if _was_submitted_to(ran, lane)]
    yield lane.value
    yield name
    yield from map(_time, (percentile(waits_s, 50), percentile(waits_s, 99), max(waits_s)))
    on_time = sum(waited_s <= DEFAULT_OBJECTIVES_S[lane] for waited_s in waits_s)
    yield f"{100 * on_time / len(waits_s):.1f} %"


def _was_submitted_to(ran: Ran, lane: Lane) -> bool:
    return ran.job.id.startswith(lane.value)  # its lane differs once its deadline nears


def _others(name: str, day: Sequence[Ran]) -> Iterator[str]:
    due = [ran for ran in day if ran.job.deadline_at is not None]
    missed = sum(ran.ended_s > (ran.job.deadline_at or 0.0) for ran in due)
    small = [ran.ended_s - ran.accepted_s for ran in day if ran.job.tenant == "archive-small"]
    yield name
    yield f"{missed} of {len(due)}"
    yield _time(max(small))
    yield _time(max(ran.ended_s for ran in day) - min(ran.accepted_s for ran in day))


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


def plot(days: Days, file: Path) -> None:
    """Draw, for each lane, the part of its jobs that waited at most a time."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, plots = plt.subplots(1, len(Lane), figsize=(11, 4), layout="constrained", sharey=True)
    for lane, axes in zip(Lane, plots, strict=True):
        for name, day in days.items():
            waits_s = sorted(max(r.waited_s, 0.1) for r in day if _was_submitted_to(r, lane))
            parts = [100 * (place + 1) / len(waits_s) for place in range(len(waits_s))]
            axes.plot(waits_s, parts, label=name)
        axes.axvline(DEFAULT_OBJECTIVES_S[lane], color="grey", linestyle=":", label="objective")
        axes.set_xscale("log")
        axes.set_title(lane.value)
        axes.set_xlabel("seconds of waiting")
    plots[0].set_ylabel("% of the jobs that started by then")
    plots[0].legend()
    figure.savefig(file, dpi=90)
