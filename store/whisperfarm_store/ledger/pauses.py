"""Pauses: an operator keeps the farm, or a preset, from accepting or dispatching jobs."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, or_, select

from whisperfarm_contract.audit import UNKNOWN_ACTOR, Actor, AuditKind
from whisperfarm_store.ledger.audit_log import append_audit
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import jobs, pauses
from whisperfarm_store.ledger.db.upsert import upsert

WHOLE_FARM = ""
"""The `preset` of a pause of the whole farm."""

_ALL = select(pauses).order_by(pauses.c.preset)
"""Built once, because each submission reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A pause of one preset, or with `WHOLE_FARM` of all.

    `accept`: new jobs are refused, with `reason` and `retry_after_s`. `dispatch`: queued jobs stay
    in the ledger. The ledger sets `paused_at`.
    """

    preset: str = WHOLE_FARM
    accept: bool = True
    dispatch: bool = True
    reason: str = ""
    retry_after_s: int = 60
    paused_at: float = 0.0

    @property
    def paused(self) -> tuple[str, ...]:
        """What is paused: `accept`, `dispatch` or both."""
        chosen = {"accept": self.accept, "dispatch": self.dispatch}
        return tuple(name for name, is_paused in chosen.items() if is_paused)

    def concerns(self, preset: str) -> bool:
        """Whether jobs of the preset are paused."""
        return self.preset in (WHOLE_FARM, preset)


class Pauses:
    """The pauses of a farm, each in one row, so that a crash leaves it as it was or as it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, pause: Pause, *, by: Actor = UNKNOWN_ACTOR) -> Pause:
        """Set the pause in place of an earlier one of the same preset, and return it."""
        values = {
            "accept": pause.accept,
            "dispatch": pause.dispatch,
            "reason": pause.reason,
            "retry_after_s": pause.retry_after_s,
            "paused_at": now_s(),
        }
        with self._database.write() as connection:
            statement = upsert(connection, pauses).values(preset=pause.preset, **values)
            upserted = statement.on_conflict_do_update(index_elements=["preset"], set_=values)
            row = connection.execute(upserted.returning(*pauses.c)).one()
            body = {"preset": pause.preset, "paused": pause.paused, "reason": pause.reason}
            append_audit(connection, AuditKind.PAUSED, by, body)
            return _pause_of(row)

    def end(self, preset: str = WHOLE_FARM, *, by: Actor = UNKNOWN_ACTOR) -> bool:
        """End the pause of the preset, or of the whole farm. Returns whether there was one."""
        statement = delete(pauses).where(pauses.c.preset == preset).returning(pauses.c.preset)
        with self._database.write() as connection:
            was_paused = connection.scalar(statement) is not None
            if was_paused:
                append_audit(connection, AuditKind.RESUMED, by, {"preset": preset})
            return was_paused

    def list(self) -> list[Pause]:
        """Return all pauses, that of the whole farm first."""
        with self._database.read() as connection:
            return [_pause_of(row) for row in connection.execute(_ALL)]


def is_dispatch_paused() -> ColumnElement[bool]:
    """Return the condition that an operator keeps the job of the row from being dispatched."""
    concerned = or_(pauses.c.preset == WHOLE_FARM, pauses.c.preset == jobs.c.preset)
    return select(pauses.c.preset).where(pauses.c.dispatch, concerned).correlate(jobs).exists()


def _pause_of(row: Row[Any]) -> Pause:
    return Pause(
        preset=row.preset,
        accept=row.accept,
        dispatch=row.dispatch,
        reason=row.reason,
        retry_after_s=row.retry_after_s,
        paused_at=row.paused_at,
    )
