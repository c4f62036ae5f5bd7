"""API keys, and the tenant and role of each.

The settings list them as `[tenant:]key`, comma separated. A key may be given by its digest,
`sha256:<hex>`, to keep the secret out of the settings. Only digests are held in memory.
"""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.permissions import Role
from whisperfarm_contract.problems import InvalidSettings

_HASH_PREFIX = "sha256:"
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_TENANT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Key:
    """A key's tenant, SHA-256 and role."""

    tenant: str
    digest: bytes
    role: Role

    def __str__(self) -> str:
        return f"the {self.role} of tenant {self.tenant!r}"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys of a farm."""

    keys: tuple[Key, ...]

    def find(self, api_key: str) -> Key | None:
        """Return the key, or `None` if it is unknown.

        It compares with every key in constant time, even after a match, so that the time taken
        reveals nothing about a guess.
        """
        digest = sha256(api_key.encode("utf-8", "surrogateescape")).digest()
        found: Key | None = None
        for key in self.keys:
            if hmac.compare_digest(key.digest, digest):
                found = key
        return found

    @property
    def tenants(self) -> frozenset[str]:
        return frozenset(key.tenant for key in self.keys)

    def to_setting(self) -> str:
        """Return the keys as a setting, by digest."""
        return ",".join(f"{key.tenant}:{_HASH_PREFIX}{key.digest.hex()}" for key in self.keys)


def is_tenant(name: str) -> bool:
    """Whether the name is valid for a tenant."""
    return _TENANT_NAME.fullmatch(name) is not None


def read_keys(text: str, *, variable: str, role: Role = Role.CALLER) -> KeyRing:
    """Parse the setting `variable`, whose keys have the role.

    Raises `InvalidSettings`, which names an invalid key's position only.
    """
    entries = [entry.strip() for entry in text.split(",")]
    keys = [
        _read(entry, role, where=f"{variable}, entry {number}")
        for number, entry in enumerate(entries, start=1)
        if entry
    ]
    if not keys:
        raise InvalidSettings(f"{variable}: the list has no key; add one, or unset the variable")
    return join(KeyRing(tuple(keys)))


def join(*rings: KeyRing) -> KeyRing:
    """Return all keys. Raises `InvalidSettings` if one key has two tenants or two roles."""
    keys: dict[bytes, Key] = {}
    for key in (key for ring in rings for key in ring.keys):
        other = keys.setdefault(key.digest, key)
        if other != key:
            raise InvalidSettings(
                f"WHISPERFARM_API_KEYS and WHISPERFARM_OPERATOR_KEYS: {other} and {key} have the"
                " same key; give each a key of its own"
            )
    return KeyRing(tuple(keys.values()))


def _read(entry: str, role: Role, *, where: str) -> Key:
    tenant, key = _split(entry)
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
    return Key(tenant, _digest(key, where=where), role)


def _digest(key: str, *, where: str) -> bytes:
    if not key.startswith(_HASH_PREFIX):
        return sha256(key.encode()).digest()
    if not _DIGEST.fullmatch(key.removeprefix(_HASH_PREFIX)):
        raise InvalidSettings(
            f"{where}: invalid digest; write 64 hexadecimal digits after {_HASH_PREFIX!r}"
        )
    return bytes.fromhex(key.removeprefix(_HASH_PREFIX))


def _split(entry: str) -> tuple[str, str]:
    if ":" not in entry or entry.startswith(_HASH_PREFIX):
        return DEFAULT_TENANT, entry
    tenant, _, key = entry.partition(":")
    return tenant, key
