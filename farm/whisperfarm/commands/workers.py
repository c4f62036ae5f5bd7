"""`whisperfarm workers` and `whisperfarm drain`: who is there, and asking them to leave."""

import sys
from typing import Any

import click

from whisperfarm.flags import flags, into_environment
from whisperfarm.worker_drain import Leaving
from whisperfarm_store.ledger import WORKER_LIVE_WITHIN_S, Ledger, WorkerSign, open_ledger
from whisperfarm_store.settings import StoreSettings

_EXIT_STILL_THERE = 75


@click.command()
@flags("data_dir")
def workers(**given: Any) -> None:
    """List the workers of the farm: state, jobs at work, presets."""
    into_environment(given)
    ledger = _ledger()
    busy = ledger.at_work()
    for sign in ledger.live_workers(within_s=WORKER_LIVE_WITHIN_S):
        click.echo(_line(sign, busy.get(sign.name, 0)))


@click.command()
@click.argument("names", metavar="[WORKER]...", nargs=-1)
@click.option("--all", "everyone", is_flag=True, help="All workers of the farm.")
@click.option("--here", is_flag=True, help="The workers on this host.")
@click.option("--wait", is_flag=True, help="Come back when they have left.")
@click.option(
    "--timeout", type=click.FloatRange(min=0), default=60.0, show_default=True, metavar="S",
    help="With --wait: come back after so many seconds, with exit code 75.",
)  # fmt: skip
@flags("data_dir")
def drain(
    names: tuple[str, ...], everyone: bool, here: bool, wait: bool, timeout: float, **given: Any
) -> None:
    """Ask workers to leave.

    A worker that is asked takes no more jobs, goes on with those that it has for
    WHISPERFARM_DRAIN_S seconds, gives the others back at once, and ends with exit code 0. What
    starts it again is not stopped by this: `whisperfarm up` and most supervisors start a new worker
    in its place, which then works as usual.

    `whisperfarm drain --here --wait` is made for a preStop hook: it comes back when the worker of
    this pod has left, and with 0 when there was none.
    """
    if sum((bool(names), everyone, here)) != 1:
        raise click.UsageError("say whom: names of workers, --all or --here")
    into_environment(given)
    leaving = Leaving(_ledger(), seen_within_s=WORKER_LIVE_WITHIN_S, say=click.echo)
    asked = leaving.ask(names=names, here=here)
    if wait and not leaving.wait(asked, timeout_s=timeout):
        sys.exit(_EXIT_STILL_THERE)


def _ledger() -> Ledger:
    ledger = open_ledger(StoreSettings().ledger_url)
    ledger.migrate()
    return ledger


def _line(sign: WorkerSign, jobs: int) -> str:
    at_work = f"{jobs:>3} of {sign.concurrency:<3}"
    return f"{sign.name:<32} {sign.state:<9} {at_work} {','.join(sign.presets)}"
