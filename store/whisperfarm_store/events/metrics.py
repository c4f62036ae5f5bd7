"""The export of metrics."""

from logging import ERROR, INFO, WARNING

from whisperfarm_store.events.event import BOTH, DISPATCHER, event


@event(INFO, BOTH)
def listening(*, host: str, port: int) -> None:
    """The metrics can be scraped."""


@event(ERROR, BOTH, traceback=True)
def collect_failed() -> None:
    """A collector failed during a scrape, which therefore lacks some of its metrics."""


@event(WARNING, DISPATCHER)
def ledger_query_failed(*, error: str) -> None:
    """The query failed or took too long: `whisperfarm_ledger_up` is 0 in this scrape."""
