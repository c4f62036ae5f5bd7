"""API keys: who a caller is, told by the digest of the key.

Keys are written `[tenant:]key`, with commas between them; a key may be given as `sha256:<hex>` of
itself, so that no secret lies in the settings. In memory there are digests only.
"""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.problems import SettingsWrong

_HASHED = "sha256:"
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Key:
    """One key that opens the farm, and the tenant it belongs to."""

    tenant: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of a farm."""

    keys: tuple[Key, ...]

    def tenant_of(self, presented: str) -> str | None:
        """The tenant that the key belongs to, or `None`.

        Every key is compared in constant time, also after one has matched: the time it takes says
        nothing about how near a guess was.
        """
        digest = sha256(presented.encode("utf-8", "surrogateescape")).digest()
        tenant: str | None = None
        for key in self.keys:
            if hmac.compare_digest(key.digest, digest):
                tenant = key.tenant
        return tenant

    @property
    def tenants(self) -> frozenset[str]:
        """Whom the keys belong to."""
        return frozenset(key.tenant for key in self.keys)

    def to_text(self) -> str:
        """The keys as a setting, hashed."""
        return ",".join(f"{key.tenant}:{_HASHED}{key.digest.hex()}" for key in self.keys)


def is_tenant(name: str) -> bool:
    """Whether a tenant can be called so."""
    return _TENANT.fullmatch(name) is not None


def read_keys(text: str) -> KeyRing:
    """The keys of a setting; `SettingsWrong` tells the place of a bad one, and never the key."""
    entries = [entry.strip() for entry in text.split(",")]
    keys = [_read(entry, number) for number, entry in enumerate(entries, start=1) if entry]
    if not keys:
        raise SettingsWrong(
            "WHISPERFARM_API_KEYS: there is no key in it; leave it unset, or set one"
        )
    return KeyRing(tuple(keys))


def _read(entry: str, number: int) -> Key:
    tenant, key = _split(entry)
    where = f"WHISPERFARM_API_KEYS, entry {number}"
    if not is_tenant(tenant):
        raise SettingsWrong(
            f"{where}: a tenant has up to 64 letters, digits, '-' and '_' in its name"
        )
    if not key:
        raise SettingsWrong(f"{where}: the key is missing after the tenant")
    if not key.startswith(_HASHED):
        return Key(tenant, sha256(key.encode()).digest())
    if not _DIGEST.fullmatch(key.removeprefix(_HASHED)):
        raise SettingsWrong(f"{where}: 64 hexadecimal digits are expected after '{_HASHED}'")
    return Key(tenant, bytes.fromhex(key.removeprefix(_HASHED)))


def _split(entry: str) -> tuple[str, str]:
    if ":" not in entry or entry.startswith(_HASHED):
        return DEFAULT_TENANT, entry
    tenant, _, key = entry.partition(":")
    return tenant, key
