"""The secrets that callbacks are signed with: each tenant has its own.

They are written `[tenant:]whsec_<base64>`, with commas between them. Several of one tenant sign
together, so that a receiver can change from one to the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from whisperfarm_contract import signing
from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_contract.signing import Secret

VARIABLE = "WHISPERFARM_CALLBACK_SECRETS"


@dataclass(frozen=True, slots=True)
class SecretRing:
    """The secrets of a farm."""

    by_tenant: Mapping[str, tuple[Secret, ...]]

    def of(self, tenant: str) -> tuple[Secret, ...]:
        """The secrets of a tenant, which may be none."""
        return self.by_tenant.get(tenant, ())


def read_secrets(text: str) -> SecretRing:
    """The secrets of a setting; `SettingsWrong` tells the place of a bad one, and none of it."""
    found: dict[str, tuple[Secret, ...]] = {}
    for number, entry in enumerate(text.split(","), start=1):
        if entry.strip():
            tenant, secret = _read(entry.strip(), number)
            found[tenant] = (*found.get(tenant, ()), secret)
    return SecretRing(found)


def _read(entry: str, number: int) -> tuple[str, Secret]:
    tenant, colon, secret = entry.rpartition(":")
    try:
        return (tenant if colon else DEFAULT_TENANT), signing.read_secret(secret)
    except ValueError as error:
        raise SettingsWrong(f"{VARIABLE}, entry {number}: {error}") from None
