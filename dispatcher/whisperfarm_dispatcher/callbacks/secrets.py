"""Secrets that sign callbacks, per tenant.

The setting lists them as `[tenant:]whsec_<base64>`, comma separated. If a tenant has several, each
callback carries a signature by each, so that a receiver can change from one to the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from whisperfarm_contract import signing
from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_contract.signing import Secret

VARIABLE = "WHISPERFARM_CALLBACK_SECRETS"


@dataclass(frozen=True, slots=True)
class SecretRing:
    """All secrets of a farm."""

    by_tenant: Mapping[str, tuple[Secret, ...]]

    def for_tenant(self, tenant: str) -> tuple[Secret, ...]:
        """Return the secrets of a tenant, empty if it has none."""
        return self.by_tenant.get(tenant, ())


def read_secrets(text: str) -> SecretRing:
    """Parse the setting. Raises `InvalidSettings`, naming the position of a bad secret, never
    it."""
    secrets: dict[str, tuple[Secret, ...]] = {}
    for number, entry in enumerate(text.split(","), start=1):
        if entry.strip():
            tenant, secret = _read(entry.strip(), number)
            secrets[tenant] = (*secrets.get(tenant, ()), secret)
    return SecretRing(secrets)


def _read(entry: str, number: int) -> tuple[str, Secret]:
    tenant, colon, secret = entry.rpartition(":")
    try:
        return (tenant if colon else DEFAULT_TENANT), signing.read_secret(secret)
    except ValueError as error:
        raise InvalidSettings(f"{VARIABLE}, entry {number}: {error}") from None
