"""API keys, and the tenant of each.

The setting lists them as `[tenant:]key`, comma separated. A key may be given by its digest,
`sha256:<hex>`, to keep the secret out of the settings. Only digests are held in memory.
"""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.problems import InvalidSettings

_HASH_PREFIX = "sha256:"
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_TENANT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Key:
    """A key's tenant and SHA-256."""

    tenant: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of a farm."""

    keys: tuple[Key, ...]

    def tenant_of(self, api_key: str) -> str | None:
        """Return the key's tenant, or `None` for an unknown key.

        It compares with every key in constant time, even after a match, so that the time taken
        reveals nothing about a guess.
        """
        digest = sha256(api_key.encode("utf-8", "surrogateescape")).digest()
        tenant: str | None = None
        for key in self.keys:
            if hmac.compare_digest(key.digest, digest):
                tenant = key.tenant
        return tenant

    @property
    def tenants(self) -> frozenset[str]:
        return frozenset(key.tenant for key in self.keys)

    def to_setting(self) -> str:
        """Return the keys as a setting, by digest."""
        return ",".join(f"{key.tenant}:{_HASH_PREFIX}{key.digest.hex()}" for key in self.keys)


def is_tenant(name: str) -> bool:
    """Whether the name is valid for a tenant."""
    return _TENANT_NAME.fullmatch(name) is not None


def read_keys(text: str) -> KeyRing:
    """Parse the setting. Raises `InvalidSettings`, which names an invalid key's position only."""
    entries = [entry.strip() for entry in text.split(",")]
    keys = [_read(entry, number) for number, entry in enumerate(entries, start=1) if entry]
    if not keys:
        raise InvalidSettings(
            "WHISPERFARM_API_KEYS: the list has no key; add one, or unset the variable"
        )
    _check_tenants(keys)
    return KeyRing(tuple(keys))


def _check_tenants(keys: list[Key]) -> None:
    """Raise `InvalidSettings` if one key belongs to two tenants."""
    tenants: dict[bytes, str] = {}
    for key in keys:
        if tenants.setdefault(key.digest, key.tenant) != key.tenant:
            raise InvalidSettings(
                f"WHISPERFARM_API_KEYS: the tenants {tenants[key.digest]!r} and {key.tenant!r} have"
                " the same key; give each tenant a key of its own"
            )


def _read(entry: str, number: int) -> Key:
    tenant, key = _split(entry)
    where = f"WHISPERFARM_API_KEYS, entry {number}"
    if not is_tenant(tenant):
        raise InvalidSettings(
            f"{where}: invalid name of a tenant; use up to 64 letters, digits, '-' and '_'"
        )
    if not key:
        raise InvalidSettings(f"{where}: no key follows the tenant; write it as tenant:key")
    if not (key.isascii() and key.isprintable()):
        raise InvalidSettings(
            f"{where}: the key has characters that no header can carry; use printable ASCII"
        )
    if not key.startswith(_HASH_PREFIX):
        return Key(tenant, sha256(key.encode()).digest())
    if not _DIGEST.fullmatch(key.removeprefix(_HASH_PREFIX)):
        raise InvalidSettings(
            f"{where}: invalid digest; write 64 hexadecimal digits after {_HASH_PREFIX!r}"
        )
    return Key(tenant, bytes.fromhex(key.removeprefix(_HASH_PREFIX)))


def _split(entry: str) -> tuple[str, str]:
    if ":" not in entry or entry.startswith(_HASH_PREFIX):
        return DEFAULT_TENANT, entry
    tenant, _, key = entry.partition(":")
    return tenant, key
