"""What a new key permits, from the flags of `whisperfarm keys create`."""

from collections.abc import Sequence

import click
import limits

from whisperfarm_contract.field_types import PrintableLine
from whisperfarm_contract.permissions import Permission, Role, Roles
from whisperfarm_dispatcher.api.keys import is_tenant
from whisperfarm_store.ledger import KeyGrant

_MAX_NAME_CHARS = 200
_DAY_S = 86_400.0


def read_grant(
    *,
    tenant: str,
    role: str | None,
    permissions: Sequence[str],
    name: str,
    days: float | None,
    rate: str | None,
    max_jobs_per_day: int | None,
    max_audio_s_per_day: int | None,
    roles: Roles,
) -> KeyGrant:
    """Return the grant. Raises `click.UsageError` if a value is invalid."""
    return KeyGrant(
        tenant=_tenant(tenant),
        role=_role(role, permissions, roles),
        permissions=tuple(map(Permission, permissions)),
        name=_name(name),
        rate_limit=_rate(rate),
        max_jobs_per_day=max_jobs_per_day,
        max_audio_s_per_day=max_audio_s_per_day,
        expires_in_s=None if days is None else days * _DAY_S,
    )


def _tenant(name: str) -> str:
    if not is_tenant(name):
        raise click.BadParameter("use up to 64 letters, digits, - and _", param_hint="--tenant")
    return name


def _role(role: str | None, permissions: Sequence[str], roles: Roles) -> str | None:
    if permissions:
        if role is not None:
            raise click.UsageError("give either --role or --permission")
        return None
    chosen = Role.CALLER.value if role is None else role
    if chosen not in roles:
        raise click.BadParameter(
            f"there is no role {chosen!r}; use {', '.join(roles)}, or define it in"
            " WHISPERFARM_ROLES_FILE",
            param_hint="--role",
        )
    return chosen


def _name(text: str) -> str:
    try:
        return PrintableLine(_MAX_NAME_CHARS).read(text) if text else ""
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--name") from None


def _rate(limit: str | None) -> str | None:
    if limit is not None:
        try:
            limits.parse(limit)
        except ValueError:
            raise click.BadParameter(
                f"{limit!r} is not a limit; write it as 20/second or 1000/hour",
                param_hint="--rate",
            ) from None
    return limit
