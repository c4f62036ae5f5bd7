"""`whisperfarm migrate`: the ledger's tables, brought up to date before the new parts start."""

import time
from typing import Any

import click

from whisperfarm.flags import flags, into_environment
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.settings import StoreSettings

ASK_EVERY_S = 1.0


@click.command()
@click.option(
    "--wait", "wait_s", type=click.FloatRange(min=0), default=0.0, show_default=True, metavar="S",
    help="Ask again for so many seconds while the database is away.",
)  # fmt: skip
@flags("data_dir")
def migrate(wait_s: float, **given: Any) -> None:
    """Bring the ledger's tables up to date, and end.

    Every part does this by itself when it starts; this is for those who want it done, and seen to
    be done, before any of them does. Several at once take turns. Exit code 78 for a ledger that a
    newer version of the farm has made, which is left alone; 69 for one that can not be reached.
    """
    into_environment(given)
    settings = StoreSettings()
    configure_logs(settings.log_level, settings.log_format, component="migrate")
    ledger = open_ledger(settings.ledger_url)
    try:
        revision = _migrated(ledger, until=time.monotonic() + wait_s)
    finally:
        ledger.close()
    click.echo(f"the ledger is up to date (revision {revision})")


def _migrated(ledger: Ledger, *, until: float) -> str:
    """The revision that the ledger has then."""
    while True:
        try:
            return ledger.migrate()
        except FarmUnavailable:
            if time.monotonic() >= until:
                raise
            time.sleep(ASK_EVERY_S)
