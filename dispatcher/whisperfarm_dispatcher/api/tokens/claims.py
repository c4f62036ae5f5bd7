"""Tenant and permissions from the claims of a token.

A claim is named as it is in the token, such as `tenant` or `https://example.org/tenant`, or by a
JSON pointer (RFC 6901) to a member, such as `/realm_access/roles`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from whisperfarm_contract.permissions import Permission, Roles
from whisperfarm_dispatcher.api.keys import is_tenant

SUBJECT_DIGITS = 12
"""Length of the hash that stands for a subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimNames:
    """The names of the claims that the farm reads."""

    tenant: str = "tenant"
    roles: str = "role"
    scope: str = "scope"


def tenant_of(claims: Mapping[str, Any], names: ClaimNames) -> str | None:
    """Return the tenant, or `None` if the claim is missing or is not the name of a tenant."""
    tenant = read_claim(claims, names.tenant)
    return tenant if isinstance(tenant, str) and is_tenant(tenant) else None


def permissions_of(
    claims: Mapping[str, Any], names: ClaimNames, roles: Roles
) -> frozenset[Permission]:
    """Return what the token permits. Unknown roles and scopes permit nothing.

    The roles permit what the farm's table says. If the scope names permissions of the farm, it
    limits the roles to them; in a token without roles, it permits them.
    """
    of_scope = frozenset(
        Permission(name) for name in _words(claims, names.scope) if name in tuple(Permission)
    )
    named = _words(claims, names.roles)
    if not named:
        return of_scope
    of_roles = frozenset[Permission]().union(*(roles.get(name, frozenset()) for name in named))
    return of_roles & of_scope if of_scope else of_roles


def subject_id(claims: Mapping[str, Any]) -> str:
    """Return an id for issuer and subject that names neither: `token-` and hexadecimal digits."""
    text = f"{claims['iss']}\n{claims['sub']}"
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"token-{digest[:SUBJECT_DIGITS]}"


def read_claim(claims: Mapping[str, Any], name: str) -> Any:
    """Return the value of a claim, or `None` if it is missing."""
    if not name.startswith("/"):
        return claims.get(name)
    found: Any = claims
    for part in name[1:].split("/"):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part.replace("~1", "/").replace("~0", "~"))
    return found


def _words(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the words of a claim: a text with spaces between them, or a list of texts."""
    value = read_claim(claims, name)
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
