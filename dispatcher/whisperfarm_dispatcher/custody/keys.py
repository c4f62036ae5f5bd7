"""Ed25519 keys: the farm's own, and the public ones that a verification accepts.

A key is named by its id, which is the beginning of the SHA-256 of its public part. The public keys
of a farm, also those that it no longer signs with, are in the file beside its private key.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from whisperfarm_contract.custody import canonical
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.fsync import sync_folder

ALGORITHM = "Ed25519"
VARIABLE = "WHISPERFARM_CUSTODY_KEY_FILE"
_END = b"-----END PUBLIC KEY-----"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key."""

    private: Ed25519PrivateKey

    @property
    def id(self) -> str:
        """The name of the key in signatures."""
        return key_id(self.private.public_key())

    def sign(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the document with its signature."""
        signed = {name: value for name, value in document.items() if name != "note"}
        public = self.private.public_key()
        return {
            **signed,
            "signature": _signature(public, self.private.sign(_signed_bytes(signed))),
        }


class PublicKeys:
    """Public keys by their id."""

    def __init__(self, keys: Mapping[str, Ed25519PublicKey]) -> None:
        self._keys = keys

    def find_fault(self, document: Mapping[str, Any]) -> str | None:
        """Return what is wrong with the signature of a document, or `None`."""
        signature = document.get("signature")
        if signature is None:
            return "it is not signed"
        try:
            key = self._keys.get(signature["key_id"])
            value = bytes.fromhex(signature["value"])
            is_known_form = signature["algorithm"] == ALGORITHM
        except (KeyError, TypeError, ValueError):
            is_known_form, key, value = False, None, b""
        if not is_known_form:
            return f"its signature is not one of {ALGORITHM}"
        if key is None:
            return f"it is signed by the key {signature['key_id']!r}, which is not among {self}"
        return _check(key, value, document)

    def __str__(self) -> str:
        return f"the public keys {', '.join(sorted(self._keys))}"


def key_in(document: Mapping[str, Any]) -> PublicKeys:
    """Return the key that a document itself names: it proves that nothing was changed since the
    document was signed, and not who signed it."""
    try:
        raw = bytes.fromhex(document["signature"]["public_key"])
        public = Ed25519PublicKey.from_public_bytes(raw)
    except (KeyError, TypeError, ValueError):
        return PublicKeys({})
    return PublicKeys({key_id(public): public})


def _check(key: Ed25519PublicKey, value: bytes, document: Mapping[str, Any]) -> str | None:
    signature = document["signature"]
    if signature != _signature(key, value):
        return "a member of its signature was changed"
    try:
        key.verify(value, _signed_bytes(document))
    except (InvalidSignature, ValueError):
        return f"it was changed after it was signed by the key {key_id(key)}"
    return None


def _signature(public: Ed25519PublicKey, value: bytes) -> dict[str, str]:
    """Return the member `signature` of a document."""
    return {
        "algorithm": ALGORITHM,
        "key_id": key_id(public),
        "public_key": public.public_bytes_raw().hex(),
        "value": value.hex(),
    }


def _signed_bytes(document: Mapping[str, Any]) -> bytes:
    content = {name: value for name, value in document.items() if name != "signature"}
    return canonical(content).encode(errors="surrogateescape")


def key_id(public: Ed25519PublicKey) -> str:
    """Return the id of a public key."""
    return sha256(public.public_bytes_raw()).hexdigest()[:16]


def read_signing_key(path: Path) -> SigningKey:
    """Read a private key. Raises `InvalidSettings`, also if every user can read the file."""
    try:
        if path.stat().st_mode & stat.S_IROTH:
            raise InvalidSettings(
                f"{VARIABLE}: every user of this machine can read {path}; run `chmod 600 {path}`"
            )
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise InvalidSettings(f"{VARIABLE}: {path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _not_a_key(path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _not_a_key(path)
    return SigningKey(key)


def _not_a_key(path: Path) -> InvalidSettings:
    return InvalidSettings(
        f"{VARIABLE}: {path} is not a private key for {ALGORITHM} without a password; make one with"
        " `whisperfarm custody key`"
    )


def public_file(path: Path) -> Path:
    """Return the file of the public keys beside a private key."""
    return path.with_name(f"{path.name}.pub")


def read_public_keys(path: Path) -> PublicKeys:
    """Read a file with one or more public keys in PEM. Raises `InvalidSettings`."""
    try:
        blocks = path.read_bytes().split(_END)
        keys = [
            serialization.load_pem_public_key(block + _END) for block in blocks if block.strip()
        ]
    except OSError as error:
        raise InvalidSettings(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidSettings(f"{path} does not have public keys in PEM") from error
    known = {key_id(key): key for key in keys if isinstance(key, Ed25519PublicKey)}
    if len(known) < len(keys) or not known:
        raise InvalidSettings(f"{path} must have public keys for {ALGORITHM}, each once")
    return PublicKeys(known)


def write_key(path: Path, *, replace: bool = False) -> SigningKey:
    """Make a private key that its owner alone can read, and add its public key to the file beside.

    With `replace`, it takes the place of an existing one. Raises `InvalidSettings` if there is one
    otherwise, or if the files cannot be written.
    """
    key = SigningKey(Ed25519PrivateKey.generate())
    try:
        if path.exists() and not replace:
            raise InvalidSettings(f"{path} exists; add --rotate to replace the key in it")
        # The public key first: documents that are signed from now on can be verified.
        with public_file(path).open("ab") as file:
            file.write(_public_pem(key))
            os.fsync(file.fileno())
        _write_private(path, key)
    except OSError as error:
        raise InvalidSettings(f"{path} cannot be written: {error.strerror}") from error
    return key


def _write_private(path: Path, key: SigningKey) -> None:
    partial = path.with_name(f"{path.name}.new")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(
            key.private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        os.fsync(file.fileno())
    partial.replace(path)
    sync_folder(path.absolute().parent)


def _public_pem(key: SigningKey) -> bytes:
    return key.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
