"""Sessions of the page for people: an API key that is encrypted with the secret of a cookie."""

from sqlalchemy import delete, insert, select

from whisperfarm_contract.audit import UNKNOWN_ACTOR, Actor, AuditKind
from whisperfarm_store.ledger.audit_log import append_audit
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import sessions

MAX_SESSIONS = 1000
"""Most sessions of a tenant. The oldest end when another one starts."""


class Sessions:
    """The sessions of all tenants, each in one row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(
        self,
        session_id: str,
        sealed_key: str,
        *,
        tenant: str,
        expires_in_s: float,
        by: Actor = UNKNOWN_ACTOR,
    ) -> None:
        """Store a session, and delete those that have expired."""
        values = {"id": session_id, "tenant": tenant, "sealed_key": sealed_key}
        times = {"created_at": now_s(), "expires_at": now_s() + expires_in_s}
        of_tenant = select(sessions.c.id).where(sessions.c.tenant == tenant)
        newest = of_tenant.order_by(sessions.c.created_at.desc()).limit(MAX_SESSIONS - 1)
        too_many = (sessions.c.tenant == tenant) & sessions.c.id.not_in(newest.scalar_subquery())
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= now_s()))
            connection.execute(delete(sessions).where(too_many))
            connection.execute(insert(sessions).values(**values, **times))
            append_audit(connection, AuditKind.SIGNED_IN, by, {"tenant": tenant})

    def sealed_key(self, session_id: str) -> str | None:
        """Return the encrypted key of a session, or `None` if it has ended or expired."""
        query = select(sessions.c.sealed_key).where(
            sessions.c.id == session_id, sessions.c.expires_at > now_s()
        )
        with self._database.read() as connection:
            return connection.scalar(query)

    def end(self, session_id: str) -> None:
        """Delete a session. Does nothing if it has ended."""
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.id == session_id))
