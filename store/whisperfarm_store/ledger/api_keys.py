"""API keys: what an operator hands out and takes back. Only digests of their secrets are stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, insert, select, update

from whisperfarm_contract.audit import UNKNOWN_ACTOR, Actor, AuditKind
from whisperfarm_contract.job import to_rfc3339
from whisperfarm_contract.permissions import Permission
from whisperfarm_contract.problems import ApiKeyNotFound
from whisperfarm_store.ledger.audit_log import append_audit
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import api_keys
from whisperfarm_store.ledger.key_text import KeyText, new_key_text


class KeyState(StrEnum):
    """Whether a key is accepted."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyGrant:
    """What a key permits: a role, or permissions of its own without one, in one tenant.

    `rate_limit` limits the requests with the key, such as `20/second`, and `max_jobs_per_day` and
    `max_audio_s_per_day` what is submitted with it; `None`: unlimited. `expires_in_s` is the time
    until the key expires; `None`: never.
    """

    tenant: str
    role: str | None = None
    permissions: tuple[Permission, ...] = ()
    name: str = ""
    rate_limit: str | None = None
    max_jobs_per_day: int | None = None
    max_audio_s_per_day: float | None = None
    expires_in_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of the ledger. Times are seconds since 1970; the state is that of the query."""

    id: str
    tenant: str
    role: str | None
    permissions: tuple[Permission, ...]
    name: str
    digest: str = field(repr=False)
    rate_limit: str | None
    max_jobs_per_day: int | None
    max_audio_s_per_day: float | None
    created_at: float
    expires_at: float | None
    revoked_at: float | None
    last_used_at: float | None
    replaced_by: str | None
    state: KeyState


class ApiKeys:
    """The API keys of all tenants. A revoked key keeps its row, which says when it was revoked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, grant: KeyGrant, *, by: Actor = UNKNOWN_ACTOR) -> tuple[ApiKey, KeyText]:
        """Create a key. Returns it with its text, which cannot be read again."""
        with self._database.write() as connection:
            key, text = _insert(connection, _granted(grant))
            append_audit(connection, AuditKind.KEY_CREATED, by, _described(key))
            return key, text

    def get(self, key_id: str) -> ApiKey:
        """Return the key. Raises `ApiKeyNotFound`."""
        with self._database.read() as connection:
            return _get(connection, key_id)

    def list(self, tenant: str | None = None) -> list[ApiKey]:
        """Return all keys, or those of the tenant, by tenant and age."""
        query = _select().order_by(api_keys.c.tenant, api_keys.c.created_at, api_keys.c.id)
        if tenant is not None:
            query = query.where(api_keys.c.tenant == tenant)
        with self._database.read() as connection:
            return [_key_of(row) for row in connection.execute(query)]

    def revoke(self, key_id: str, *, by: Actor = UNKNOWN_ACTOR) -> ApiKey:
        """Revoke the key, unless it is revoked. Returns it. Raises `ApiKeyNotFound`."""
        not_revoked = _update(key_id).where(api_keys.c.revoked_at.is_(None))
        with self._database.write() as connection:
            revoked = connection.execute(not_revoked.values(revoked_at=now_s())).rowcount
            key = _get(connection, key_id)
            if revoked:
                append_audit(connection, AuditKind.KEY_REVOKED, by, _described(key))
            return key

    def rotate(
        self, key_id: str, *, grace_s: float, by: Actor = UNKNOWN_ACTOR
    ) -> tuple[ApiKey, KeyText]:
        """Create a key with the same grant, and let the old one expire after `grace_s` seconds.

        The new key has the lifetime of the old one. Returns it with its text. Raises
        `ApiKeyNotFound`, also if the old key is not active or was rotated before.
        """
        with self._database.write() as connection:
            old = _get(connection, key_id)
            _check_rotatable(old)
            new, text = _insert(connection, _granted(_grant_of(old)))
            expires_at = _earlier(now_s() + grace_s)
            changes = _update(key_id).values(expires_at=expires_at, replaced_by=new.id)
            connection.execute(changes)
            body = {**_described(new), "replaces": key_id, "grace_s": grace_s}
            append_audit(connection, AuditKind.KEY_ROTATED, by, body)
            return new, text

    def record_use(self, key_id: str) -> None:
        """Set the time of the last use to now."""
        with self._database.write() as connection:
            connection.execute(_update(key_id).values(last_used_at=now_s()))


def _described(key: ApiKey) -> Mapping[str, Any]:
    """Return what the audit log has of a key."""
    return {
        "key": key.id,
        "tenant": key.tenant,
        "role": key.role,
        "permissions": key.permissions,
        "name": key.name,
        "expires_at": to_rfc3339(key.expires_at),
    }


def _check_rotatable(key: ApiKey) -> None:
    if key.state is not KeyState.ACTIVE:
        raise ApiKeyNotFound(f"the API key {key.id} is {key.state}; create another one")
    if key.replaced_by is not None:
        raise ApiKeyNotFound(
            f"the API key {key.id} was rotated before; rotate {key.replaced_by}, which replaces it"
        )


def _granted(grant: KeyGrant) -> Mapping[str, Any]:
    expires_in_s = grant.expires_in_s
    return {
        "tenant": grant.tenant,
        "role": grant.role,
        "permissions": [one.value for one in grant.permissions],
        "name": grant.name,
        "rate_limit": grant.rate_limit,
        "max_jobs_per_day": grant.max_jobs_per_day,
        "max_audio_s_per_day": grant.max_audio_s_per_day,
        "expires_at": None if expires_in_s is None else now_s() + expires_in_s,
    }


def _grant_of(key: ApiKey) -> KeyGrant:
    lifetime_s = None if key.expires_at is None else key.expires_at - key.created_at
    return KeyGrant(
        tenant=key.tenant,
        role=key.role,
        permissions=key.permissions,
        name=key.name,
        rate_limit=key.rate_limit,
        max_jobs_per_day=key.max_jobs_per_day,
        max_audio_s_per_day=key.max_audio_s_per_day,
        expires_in_s=lifetime_s,
    )


def _earlier(time_s: ColumnElement[float]) -> ColumnElement[float]:
    """Return the time, or that at which the row expires if it is earlier."""
    expires_at = api_keys.c.expires_at
    return case((expires_at < time_s, expires_at), else_=time_s)


def _insert(connection: Connection, values: Mapping[str, Any]) -> tuple[ApiKey, KeyText]:
    text = new_key_text()
    row = {**values, "id": text.id, "digest": text.digest, "created_at": now_s()}
    connection.execute(insert(api_keys).values(row))
    return _get(connection, text.id), text


def _update(key_id: str) -> Any:
    return update(api_keys).where(api_keys.c.id == key_id)


def _select() -> Select[Any]:
    return select(api_keys, now_s().label("now_s"))


def _get(connection: Connection, key_id: str) -> ApiKey:
    row = connection.execute(_select().where(api_keys.c.id == key_id)).one_or_none()
    if row is None:
        raise ApiKeyNotFound(
            f"there is no API key {key_id!r}; `whisperfarm keys list` lists all keys"
        )
    return _key_of(row)


def _key_of(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        tenant=row.tenant,
        role=row.role,
        permissions=tuple(map(Permission, row.permissions)),
        name=row.name,
        digest=row.digest,
        rate_limit=row.rate_limit,
        max_jobs_per_day=row.max_jobs_per_day,
        max_audio_s_per_day=row.max_audio_s_per_day,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        replaced_by=row.replaced_by,
        state=_state(row),
    )


def _state(row: Row[Any]) -> KeyState:
    if row.revoked_at is not None:
        return KeyState.REVOKED
    if row.expires_at is not None and row.expires_at <= row.now_s:
        return KeyState.EXPIRED
    return KeyState.ACTIVE
