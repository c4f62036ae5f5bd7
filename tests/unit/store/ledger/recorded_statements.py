"""The SQL that a ledger sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from whisperfarm_store.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement and its parameters as the driver got them."""

    sql: str
    parameters: Any


@contextmanager
def statements(ledger: Ledger) -> Iterator[list[Sent]]:
    """Record all statements that the ledger sends inside of the block."""
    seen: list[Sent] = []

    def note(_c: object, _cursor: object, sql: str, parameters: object, *_: object) -> None:
        seen.append(Sent(sql, parameters))

    event.listen(ledger.database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(ledger.database.engine, "before_cursor_execute", note)
