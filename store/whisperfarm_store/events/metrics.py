"""The export of metrics."""

from logging import ERROR, INFO, WARNING

from whisperfarm_store.events.event import BOTH, DISPATCHER, event


@event(INFO, BOTH)
def listening(*, host: str, port: int) -> None:
    """The metrics can be scraped."""


@event(ERROR, BOTH, traceback=True)
def collect_failed() -> None:
    """Metrics that are read at a scrape could not be read, and are absent from it."""


@event(WARNING, DISPATCHER)
def ledger_query_failed(*, error: str) -> None:
    """The ledger did not answer in time: `whisperfarm_ledger_up` is 0."""
