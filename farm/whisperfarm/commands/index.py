"""`whisperfarm index`: makes the index of transcripts again, or removes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from whisperfarm.existing_farm import existing_ledger
from whisperfarm.flags import flags, select_farm
from whisperfarm.output import print_line
from whisperfarm.permissions import PermittedGroup
from whisperfarm.progress import Progress
from whisperfarm_dispatcher.maintenance.text_index import TextIndex
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.ledger import Ledger
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.settings import StoreSettings

_PAGE_SIZE = 200


@click.group(cls=PermittedGroup)
def index() -> None:
    """Index the texts of transcripts, by which jobs are found."""


@index.command()
@click.option("--pending", is_flag=True, help="Keep what is indexed, and add what is missing.")
@flags("data_dir")
def rebuild(pending: bool, **flag_values: Any) -> None:
    """Index all transcripts again, also while the farm runs.

    If it is interrupted, the dispatchers index the rest, and so does --pending.
    """
    with _opened(flag_values) as (ledger, settings):
        if not pending:
            _remove(ledger)
        progress = Progress("indexed", "transcripts")
        text_index = TextIndex(ledger, open_blobs(settings))
        has_more = True
        while has_more:
            before = text_index.count
            has_more = text_index.run_once()
            progress.advance(text_index.count - before)
    print_line(f"{text_index.count} transcripts are indexed")


@index.command()
@flags("data_dir")
def remove(**flag_values: Any) -> None:
    """Remove all texts from the index. Set WHISPERFARM_SEARCH to false first."""
    with _opened(flag_values) as (ledger, _):
        print_line(f"the texts of {_remove(ledger)} transcripts are removed")


def _remove(ledger: Ledger) -> int:
    count, after = 0, ""
    while ids := ledger.texts.forget_some(after=after, limit=_PAGE_SIZE):
        count, after = count + len(ids), ids[-1]
    return count


@contextmanager
def _opened(flag_values: dict[str, Any]) -> Iterator[tuple[Ledger, StoreSettings]]:
    select_farm(flag_values)
    settings = StoreSettings()
    configure_logs("error", settings.log_format, component="index")
    with existing_ledger(settings) as ledger:
        yield ledger, settings
