"""`whisperfarm workers` and `whisperfarm drain`: list workers, and drain them."""

import sys
from typing import Any

import click

from whisperfarm.existing_farm import existing_ledger
from whisperfarm.flags import flags, select_farm
from whisperfarm.output import print_line
from whisperfarm.remote.output import print_table
from whisperfarm.worker_drain import WorkerDrain
from whisperfarm_store.ledger import WORKER_LIVE_WITHIN_S, Ledger, WorkerHeartbeat
from whisperfarm_store.settings import StoreSettings

_EXIT_NOT_DRAINED = 75
_HEAD = ("WORKER", "STATE", "JOBS", "HEARTBEAT", "PRESETS")


@click.command()
@flags("data_dir")
def workers(**flag_values: Any) -> None:
    """List the live workers.

    Prints name, state, running jobs, concurrency, age of the last heartbeat and presets. A worker
    is silent if it has missed heartbeats: it was probably killed, or cannot reach the ledger.
    Pauses are printed on standard error.
    """
    select_farm(flag_values)
    with existing_ledger(StoreSettings()) as ledger:
        _print_workers(ledger)
        _print_pauses(ledger)


def _print_workers(ledger: Ledger) -> None:
    running = ledger.workers.running_counts()
    found = ledger.workers.list_live(within_s=WORKER_LIVE_WITHIN_S)
    if found:
        print_table(_HEAD, [_row(heartbeat, running.get(heartbeat.name, 0)) for heartbeat in found])
    else:
        print_line("there are no live workers", err=True)


def _print_pauses(ledger: Ledger) -> None:
    for pause in ledger.pauses.list():
        subject, reason = pause.preset or "the farm", f": {pause.reason}" if pause.reason else ""
        print_line(f"{subject} is paused ({' and '.join(pause.paused)}){reason}", err=True)


@click.command()
@click.argument("names", metavar="[WORKER]...", nargs=-1)
@click.option("--all", "all_workers", is_flag=True, help="Drain all workers of the farm.")
@click.option("--here", is_flag=True, help="Drain the workers on this host.")
@click.option("--wait", is_flag=True, help="Wait until the workers have ended.")
@click.option(
    "--timeout", type=click.FloatRange(min=0), default=60.0, show_default=True, metavar="S",
    help="With --wait: stop waiting after S seconds and exit with code 75.",
)  # fmt: skip
@flags("data_dir")
def drain(
    names: tuple[str, ...],
    all_workers: bool,
    here: bool,
    wait: bool,
    timeout: float,
    **flag_values: Any,
) -> None:
    """Drain workers.

    Select them by name, with --all or with --here. A draining worker claims no more jobs, continues
    its running jobs for WHISPERFARM_DRAIN_S seconds, requeues the rest, and ends with exit code 0.
    The command does not stop supervisors: `whisperfarm up` and most others start a new worker.

    `whisperfarm drain --here --wait` is meant for a preStop hook: it returns when the worker of the
    pod has ended, or at once with exit code 0 if there is none.
    """
    if sum((bool(names), all_workers, here)) != 1:
        raise click.UsageError("give either names of workers, --all or --here")
    select_farm(flag_values)
    with existing_ledger(StoreSettings()) as ledger:
        drain = WorkerDrain(ledger, live_within_s=WORKER_LIVE_WITHIN_S, print_line=print_line)
        requested = drain.request(names=names, here=here)  # --all: neither
        if wait and not drain.wait(requested, timeout_s=timeout):
            sys.exit(_EXIT_NOT_DRAINED)


def _row(heartbeat: WorkerHeartbeat, jobs: int) -> list[str]:
    running = f"{jobs} of {heartbeat.concurrency}"
    age = f"{heartbeat.age_s:.0f} s ago"
    return [heartbeat.name, heartbeat.state, running, age, ",".join(heartbeat.presets)]
