"""What the audit log has of upload tokens: that one was created, and that it was refused.

Both are bounded. A caller may create as many tokens as it likes, and the holder of one may send it
again and again, but entries are kept for ever.
"""

from sqlalchemy import Connection, func, select, update

from whisperfarm_contract.audit import Actor, AuditKind
from whisperfarm_contract.job import to_rfc3339
from whisperfarm_store.ledger.audit_log import append_audit
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import upload_tokens

_DAY_S = 86_400.0
MAX_AUDITED = 1000
"""Most tokens that a tenant creates within 24 hours and that have entries. More have none."""


def has_entries(connection: Connection, tenant: str) -> bool:
    """Return whether the tenant's next token has entries."""
    table = upload_tokens.c
    recent = select(table.id).where(table.tenant == tenant, table.created_at > now_s() - _DAY_S)
    counted = select(func.count()).select_from(recent.limit(MAX_AUDITED).subquery())
    return (connection.scalar(counted) or 0) < MAX_AUDITED


def audit_creation(
    connection: Connection, by: Actor, *, token: str, tenant: str, expires_at: float
) -> None:
    """Add the entry of a new token. Its options are not in it: they may name people."""
    body = {"token": token, "tenant": tenant, "expires_at": to_rfc3339(expires_at)}
    append_audit(connection, AuditKind.UPLOAD_TOKEN_CREATED, by, body)


def audit_refusal(
    connection: Connection, by: Actor, *, token: str, tenant: str, reason: str
) -> None:
    """Add the entry of a token's first refusal. A token without entries gets none."""
    table = upload_tokens.c
    first = update(upload_tokens).where(table.id == token, table.audits_refusal)
    if connection.execute(first.values(audits_refusal=False)).rowcount:
        body = {"token": token, "tenant": tenant, "reason": reason}
        append_audit(connection, AuditKind.UPLOAD_TOKEN_REFUSED, by, body)
