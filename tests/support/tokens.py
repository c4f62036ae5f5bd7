"""Keys and tokens of an issuer, made with pyjwt."""

import json
import time
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

ISSUER = "https://login.example.org/"
AUDIENCE = "whisperfarm"
ALGORITHMS = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}


def private_key(algorithm: str = "RS256", number: int = 1) -> Any:
    """Return the key of an issuer. Another `number` is another key."""
    return _private_key(algorithm, number)


@cache
def _private_key(algorithm: str, _number: int) -> Any:
    if algorithm == "RS256":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else _ed25519()


def _ed25519() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def public_pem() -> bytes:
    """Return the text of the public key for RS256."""
    public = private_key().public_key()
    return bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def jwk(algorithm: str = "RS256", *, kid: str = "key-1", number: int = 1) -> dict[str, Any]:
    """Return the public key as a member of a JWKS."""
    public = private_key(algorithm, number).public_key()
    return {**json.loads(ALGORITHMS[algorithm].to_jwk(public)), "kid": kid, "use": "sig"}


def jwks(*keys: dict[str, Any]) -> bytes:
    """Return a JWKS, by default with the key for RS256."""
    return json.dumps({"keys": list(keys or (jwk(),))}).encode()


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a valid token of a caller of `north`, changed. `None` removes one."""
    now = int(time.time())
    valid = {
        **{"iss": ISSUER, "aud": AUDIENCE, "sub": "siprec-1", "iat": now, "exp": now + 600},
        **{"tenant": "north", "role": "caller"},
    }
    return {name: one for name, one in {**valid, **changes}.items() if one is not None}


def token(
    algorithm: str = "RS256", *, kid: str | None = "key-1", number: int = 1, **changes: Any
) -> str:
    """Return a signed token."""
    headers = {} if kid is None else {"kid": kid}
    key = private_key(algorithm, number)
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers=headers)
