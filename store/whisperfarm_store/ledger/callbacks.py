"""Callbacks: receivers of job ends, the schedule of delivery attempts, and their results."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    func,
    literal,
    select,
    update,
)

from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import callback_stops, callbacks, jobs
from whisperfarm_store.ledger.db.upsert import insert_into

_PENDING = callbacks.c.state == literal("pending", literal_execute=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A callback for the end of one job. Times are seconds since 1970 by the ledger's clock.

    - `id`: the same for every delivery attempt
    - `kind`, `address`: `http` and a URL, or `amqp` and `queue:<name>` or `exchange:<name>`
    - `state`: `pending`, `delivered` or `failed`
    - `tries`, `tries_before`: all delivery attempts, and those before the last replay
    - `stopped`: the receiver does not want further callbacks
    """

    id: str
    job_id: str
    tenant: str
    kind: str
    address: str
    receiver: str
    event: str
    body: str
    state: str
    tries: int
    tries_before: int
    created_at: float
    correlation_id: str | None = None
    stopped: bool = False
    replayed_at: float | None = None
    next_at: float | None = None
    last_status: int | None = None
    last_error: str | None = None
    ended_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Result of one delivery attempt. Without an `error` it succeeded.

    `again_in_s` is the pause before the next attempt, `None` if there is none. `stop` means that
    the receiver does not want further callbacks.
    """

    status: int | None = None
    error: str | None = None
    again_in_s: float | None = None
    stop: bool = False


def of_job(connection: Connection, job_id: str) -> list[Callback]:
    """Return all callbacks of a job."""
    query = _selected().where(callbacks.c.job_id == job_id).order_by(callbacks.c.id)
    return [_callback_of(row) for row in connection.execute(query)]


def any_due(connection: Connection, busy: Collection[str]) -> bool:
    """Return whether a callback is due. Those for `busy` receivers do not count."""
    return connection.scalar(_due(busy)) is not None


def waiting(connection: Connection) -> int:
    """Return the number of pending callbacks."""
    counted = select(func.count()).select_from(callbacks).where(_PENDING)
    return int(connection.scalar(counted) or 0)


def take(connection: Connection, *, lease_s: float, busy: Collection[str]) -> Callback | None:
    """Take the callback that has been due longest, exclusively for `lease_s` seconds."""
    # Several dispatchers do this at once: each skips rows that another has locked.
    chosen = connection.scalar(_due(busy).with_for_update(skip_locked=True))
    if chosen is None:
        return None
    taking = update(callbacks).where(callbacks.c.id == chosen)
    connection.execute(taking.values(tries=callbacks.c.tries + 1, next_at=now_s() + lease_s))
    return _callback_of(connection.execute(_selected().where(callbacks.c.id == chosen)).one())


def tried(connection: Connection, callback: Callback, outcome: Outcome) -> None:
    """Record the result of an attempt, unless another attempt has started since."""
    noting = update(callbacks).where(
        callbacks.c.id == callback.id, _PENDING, callbacks.c.tries == callback.tries
    )
    connection.execute(noting.values(**_noted(outcome)))
    if outcome.stop:
        _stop(connection, callback)
    elif outcome.error is None and callback.replayed_at is not None:
        connection.execute(delete(callback_stops).where(_stop_of(callback)))


def replay(connection: Connection, job_id: str) -> list[Callback]:
    """Make all callbacks of a job due again, also those of receivers that stopped them."""
    again = update(callbacks).where(callbacks.c.job_id == job_id)
    connection.execute(
        again.values(
            state="pending",
            next_at=now_s(),
            replayed_at=now_s(),
            tries_before=callbacks.c.tries,
            ended_at=None,
        )
    )
    return of_job(connection, job_id)


def _due(busy: Collection[str]) -> Select[tuple[str]]:
    query = select(callbacks.c.id).where(_PENDING, callbacks.c.next_at <= now_s())
    if busy:
        query = query.where(callbacks.c.receiver.not_in(sorted(busy)))
    return query.order_by(callbacks.c.next_at).limit(1)


def _noted(outcome: Outcome) -> dict[str, Any]:
    noted = {"last_status": outcome.status, "last_error": outcome.error}
    if outcome.again_in_s is not None:
        return {**noted, "next_at": now_s() + outcome.again_in_s}
    state = "delivered" if outcome.error is None else "failed"
    return {**noted, "state": state, "next_at": None, "ended_at": now_s()}


def _stop(connection: Connection, callback: Callback) -> None:
    stopping = insert_into(connection, callback_stops).values(
        tenant=callback.tenant, address=callback.address, stopped_at=now_s()
    )
    connection.execute(stopping.on_conflict_do_nothing())


def _stop_of(callback: Callback) -> ColumnElement[bool]:
    return and_(
        callback_stops.c.tenant == callback.tenant, callback_stops.c.address == callback.address
    )


def _selected() -> Select[Any]:
    stop = select(callback_stops.c.address).where(
        callback_stops.c.tenant == callbacks.c.tenant,
        callback_stops.c.address == callbacks.c.address,
    )
    return select(callbacks, jobs.c.reply, stop.exists().label("stopped")).join(
        jobs, jobs.c.id == callbacks.c.job_id
    )


def _callback_of(row: Row[Any]) -> Callback:
    columns = dict(row._mapping)
    reply = columns.pop("reply") or {}
    return Callback(**columns, correlation_id=reply.get("correlation_id"))
