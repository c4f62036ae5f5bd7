"""`whisperfarm migrate`: migrates the ledger's tables."""

import time
from typing import Any

import click

from whisperfarm.flags import flags, select_farm
from whisperfarm.output import print_line
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.settings import StoreSettings

RETRY_INTERVAL_S = 1.0


@click.command()
@click.option(
    "--wait", "wait_s", type=click.FloatRange(min=0), default=0.0, show_default=True, metavar="S",
    help="Retry for S seconds if the database is unavailable.",
)  # fmt: skip
@flags("data_dir")
def migrate(wait_s: float, **flag_values: Any) -> None:
    """Migrate the ledger's tables to the current version.

    Every part also does this when it starts; use this command to migrate in a separate step before
    that. Concurrent migrations run one after the other. The exit code is 78 if the ledger has the
    tables of a newer version, which are not changed, and 69 if it is unavailable.
    """
    select_farm(flag_values)
    settings = StoreSettings()
    configure_logs(settings.log_level, settings.log_format, component="migrate")
    ledger = open_ledger(settings.resolved_database_url)
    try:
        revision = _migrate(ledger, deadline=time.monotonic() + wait_s)
    finally:
        ledger.close()
    print_line(f"the ledger is up to date (revision {revision})")


def _migrate(ledger: Ledger, *, deadline: float) -> str:
    """Migrate the ledger, retrying until the monotonic time `deadline`. Returns its revision."""
    while True:
        try:
            return ledger.migrate()
        except FarmUnavailable:
            if time.monotonic() >= deadline:
                raise
            time.sleep(RETRY_INTERVAL_S)
