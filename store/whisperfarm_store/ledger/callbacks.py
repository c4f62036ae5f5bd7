"""Callbacks: receivers of job ends, the schedule of delivery attempts, and their results."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
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
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.rows import load_job
from whisperfarm_store.ledger.db.tables import callbacks, jobs, revisions, unsubscribed_addresses
from whisperfarm_store.ledger.db.upsert import upsert

_PENDING = callbacks.c.state == literal("pending", literal_execute=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A callback for the end of one job, or for a revision of its transcript.

    Times are seconds since 1970 by the ledger's clock.

    - `id`: the same for every delivery attempt
    - `protocol`, `address`: `http` and a URL, or `amqp` and `queue:<name>` or `exchange:<name>`
    - `state`: `pending`, `delivered` or `failed`
    - `tries`, `tries_before_replay`: all delivery attempts, and those before the last replay
    - `unsubscribed`: the receiver does not want further callbacks
    - `result`: what a reply queue gets of the transcript: `inline`, `link` or `None`
    - `revision`: the number of the revision that it reports; `None`: it reports the job's end
    - `result_key`: the blob key of the transcript of a job that has succeeded, or of the revision
    """

    id: str
    job_id: str
    tenant: str
    protocol: str
    address: str
    endpoint: str
    event: str
    body: str
    state: str
    tries: int
    tries_before_replay: int
    created_at: float
    correlation_id: str | None = None
    unsubscribed: bool = False
    revision: int | None = None
    result: str | None = None
    result_key: str | None = None
    replayed_at: float | None = None
    next_at: float | None = None
    last_status: int | None = None
    last_error: str | None = None
    finished_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryResult:
    """Result of one delivery attempt. Without an `error` it succeeded.

    `retry_in_s` is the pause before the next attempt, `None` if there is none. `unsubscribe` means
    that the receiver does not want further callbacks.
    """

    status: int | None = None
    error: str | None = None
    retry_in_s: float | None = None
    unsubscribe: bool = False


class Callbacks:
    """Callbacks of finished jobs. A callback is inserted when its job finishes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_for_job(self, job_id: str, *, tenant: str) -> list[Callback]:
        """Return the callbacks of a job. There are none before the job has finished.

        Raises `JobNotFound`.
        """
        with self._database.read() as connection:
            load_job(connection, job_id, tenant=tenant)
            return _list_for_job(connection, job_id)

    def count_pending(self) -> int:
        """Return the number of pending callbacks."""
        query = select(func.count()).select_from(callbacks).where(_PENDING)
        with self._database.read() as connection:
            return int(connection.scalar(query) or 0)

    def claim(self, *, lease_s: float, busy: Collection[str] = ()) -> Callback | None:
        """Claim the callback that has been due longest, for `lease_s` seconds. Returns `None` if
        none is due.

        Callbacks to `busy` endpoints are skipped.
        """
        due = _due(busy)
        with self._database.read() as connection:
            if connection.scalar(due) is None:
                return None
        with self._database.write() as connection:
            # Several dispatchers do this at once: each skips rows that another has locked.
            chosen = connection.scalar(due.with_for_update(skip_locked=True))
            return None if chosen is None else _claim(connection, chosen, lease_s)

    def record_delivery(self, callback: Callback, result: DeliveryResult) -> None:
        """Record the result of a delivery attempt, unless another attempt has started since."""
        statement = update(callbacks).where(
            callbacks.c.id == callback.id, _PENDING, callbacks.c.tries == callback.tries
        )
        with self._database.write() as connection:
            connection.execute(statement.values(**_result_columns(result)))
            if result.unsubscribe:
                _unsubscribe(connection, callback)
            elif result.error is None and callback.replayed_at is not None:
                _resubscribe(connection, callback)

    def replay(self, job_id: str, *, tenant: str) -> list[Callback]:
        """Make all callbacks of a job due again, with the same ids. Returns them.

        This includes those of receivers that unsubscribed. Raises `JobNotFound`.
        """
        statement = update(callbacks).where(callbacks.c.job_id == job_id)
        values = {
            "state": "pending",
            "next_at": now_s(),
            "replayed_at": now_s(),
            "tries_before_replay": callbacks.c.tries,
            "finished_at": None,
        }
        with self._database.write() as connection:
            load_job(connection, job_id, tenant=tenant)
            connection.execute(statement.values(**values))
            return _list_for_job(connection, job_id)


def _list_for_job(connection: Connection, job_id: str) -> list[Callback]:
    query = _select_callbacks().where(callbacks.c.job_id == job_id).order_by(callbacks.c.id)
    return [_callback_of(row) for row in connection.execute(query)]


def _claim(connection: Connection, callback_id: str, lease_s: float) -> Callback:
    statement = update(callbacks).where(callbacks.c.id == callback_id)
    connection.execute(statement.values(tries=callbacks.c.tries + 1, next_at=now_s() + lease_s))
    claimed = _select_callbacks().where(callbacks.c.id == callback_id)
    return _callback_of(connection.execute(claimed).one())


def _due(busy: Collection[str]) -> Select[str]:
    query = select(callbacks.c.id).where(_PENDING, callbacks.c.next_at <= now_s())
    if busy:
        query = query.where(callbacks.c.endpoint.not_in(sorted(busy)))
    return query.order_by(callbacks.c.next_at).limit(1)


def _result_columns(result: DeliveryResult) -> dict[str, Any]:
    columns = {"last_status": result.status, "last_error": result.error}
    if result.retry_in_s is not None:
        return {**columns, "next_at": now_s() + result.retry_in_s}
    state = "delivered" if result.error is None else "failed"
    return {**columns, "state": state, "next_at": None, "finished_at": now_s()}


def _unsubscribe(connection: Connection, callback: Callback) -> None:
    statement = upsert(connection, unsubscribed_addresses).values(
        tenant=callback.tenant, address=callback.address, unsubscribed_at=now_s()
    )
    connection.execute(statement.on_conflict_do_nothing())


def _resubscribe(connection: Connection, callback: Callback) -> None:
    connection.execute(
        delete(unsubscribed_addresses).where(
            unsubscribed_addresses.c.tenant == callback.tenant,
            unsubscribed_addresses.c.address == callback.address,
        )
    )


def _select_callbacks() -> Select[Any]:
    unsubscribed = select(unsubscribed_addresses.c.address).where(
        unsubscribed_addresses.c.tenant == callbacks.c.tenant,
        unsubscribed_addresses.c.address == callbacks.c.address,
    )
    result_key = func.coalesce(revisions.c.key, jobs.c.result_key).label("result_key")
    further = (jobs.c.reply_to, result_key, unsubscribed.exists().label("unsubscribed"))
    reported = and_(
        revisions.c.job_id == callbacks.c.job_id, revisions.c.number == callbacks.c.revision
    )
    return (
        select(callbacks, *further)
        .join(jobs, jobs.c.id == callbacks.c.job_id)
        .outerjoin(revisions, reported)
    )


def _callback_of(row: Row[Any]) -> Callback:
    columns = dict(row._mapping)
    reply_to = columns.pop("reply_to") or {}
    return Callback(
        **columns,
        correlation_id=reply_to.get("correlation_id"),
        result=_result(columns["address"], reply_to),
    )


def _result(address: str, reply_to: Mapping[str, Any]) -> str | None:
    """Return what the receiver gets of the transcript. An exchange has receivers of all kinds."""
    return reply_to.get("result") if address.startswith("queue:") else None
