"""Upload tokens: each permits one upload within a short time, with options that are already chosen.

What a token was used for is the job that has it as its idempotency key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select

from whisperfarm_contract.audit import UNKNOWN_ACTOR, Actor
from whisperfarm_contract.problems import TenantBusy
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import upload_tokens
from whisperfarm_store.ledger.key_text import UPLOAD_TOKEN, KeyText, new_key_text
from whisperfarm_store.ledger.upload_token_audit import audit_creation, audit_refusal, has_entries

_DAY_S = 86_400.0
MAX_TOKENS = 10_000
"""Most tokens of a tenant that have not expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadGrant:
    """What a token permits. `fields` are options, policy and labels of the job.

    `key_id` is that of the key of the caller who created it; with `is_subject`, the subject of its
    token or a name of its certificate.
    """

    tenant: str
    fields: Mapping[str, Any]
    key_id: str = ""
    is_subject: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadToken:
    """A token of the ledger. `expires_at` is in seconds since 1970.

    `audits_refusal`: whether its first refusal, which has not been, is for the audit log.
    """

    id: str
    digest: str
    grant: UploadGrant
    expires_at: float
    is_expired: bool
    audits_refusal: bool


class UploadTokens:
    """The upload tokens of all tenants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, grant: UploadGrant, *, expires_in_s: float, by: Actor = UNKNOWN_ACTOR
    ) -> tuple[UploadToken, KeyText]:
        """Create a token, and delete the tenant's that expired a day ago.

        Returns it with its text, which cannot be read again. Raises `TenantBusy`.
        """
        text = new_key_text(UPLOAD_TOKEN)
        of_tenant = upload_tokens.c.tenant == grant.tenant
        values = {
            "id": text.id,
            "digest": text.digest,
            "tenant": grant.tenant,
            "fields": dict(grant.fields),
            "key_id": grant.key_id,
            "is_subject": grant.is_subject,
            "created_at": now_s(),
            "expires_at": now_s() + expires_in_s,
        }
        unexpired = select(func.count()).where(of_tenant, upload_tokens.c.expires_at > now_s())
        with self._database.write() as connection:
            old = delete(upload_tokens).where(
                of_tenant, upload_tokens.c.expires_at < now_s() - _DAY_S
            )
            connection.execute(old)
            if (connection.scalar(unexpired) or 0) >= MAX_TOKENS:
                raise TenantBusy(
                    f"the tenant has {MAX_TOKENS} upload tokens; wait until some expire"
                )
            audited = has_entries(connection, grant.tenant)
            connection.execute(insert(upload_tokens).values(**values, audits_refusal=audited))
            token = _token_of(connection.execute(_select(text.id)).one())
            if audited:
                audit_creation(
                    connection,
                    by,
                    token=token.id,
                    tenant=grant.tenant,
                    expires_at=token.expires_at,
                )
            return token, text

    def record_refusal(self, token: UploadToken, reason: str, by: Actor) -> None:
        """Add the refusal to the audit log, if it is the first one of the token."""
        with self._database.write() as connection:
            audit_refusal(connection, by, token=token.id, tenant=token.grant.tenant, reason=reason)

    def find(self, token_id: str) -> UploadToken | None:
        """Return the token, also if it has expired, or `None` if it is unknown."""
        with self._database.read() as connection:
            row = connection.execute(_select(token_id)).one_or_none()
        return None if row is None else _token_of(row)


def _select(token_id: str) -> Select[Any]:
    is_expired = (upload_tokens.c.expires_at <= now_s()).label("is_expired")
    return select(upload_tokens, is_expired).where(upload_tokens.c.id == token_id)


def _token_of(row: Row[Any]) -> UploadToken:
    grant = UploadGrant(
        tenant=row.tenant, fields=row.fields, key_id=row.key_id, is_subject=row.is_subject
    )
    return UploadToken(
        id=row.id,
        digest=row.digest,
        grant=grant,
        expires_at=row.expires_at,
        is_expired=bool(row.is_expired),
        audits_refusal=row.audits_refusal,
    )
