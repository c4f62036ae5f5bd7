"""Keys of an issuer: which are used, when they are read again, and what outages change."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from structlog.testing import capture_logs

from tests.support.tokens import jwk, jwks, private_key
from whisperfarm_contract.problems import AddressUnreachable, FarmUnavailable
from whisperfarm_dispatcher.api.tokens.key_file import KeyFile
from whisperfarm_dispatcher.api.tokens.key_set import MAX_JWKS_BYTES, KeySet, read_key_set
from whisperfarm_dispatcher.api.tokens.key_url import MAX_AGE_S, MIN_INTERVAL_S, KeyUrl


class Issuer:
    """The address of a JWKS, and a clock."""

    def __init__(self, document: bytes = b"") -> None:
        self.document = document
        self.fetches = 0
        self.time_s = 1000.0
        self.keys = KeyUrl(self._fetch, clock=lambda: self.time_s)

    def _fetch(self) -> KeySet:
        self.fetches += 1
        if not self.document:
            raise AddressUnreachable("login.example.org:443 does not answer")
        return read_key_set(self.document)

    async def knows(self, kid: str) -> bool:
        return await self.keys.find(kid) is not None


def private_jwk() -> dict[str, Any]:
    return {**json.loads(RSAAlgorithm.to_jwk(private_key())), "kid": "private"}


def weak_jwk() -> dict[str, Any]:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    return {**json.loads(RSAAlgorithm.to_jwk(weak.public_key())), "kid": "weak"}


def test_keys_for_other_uses_are_left_out() -> None:
    unusable = [
        private_jwk(),
        weak_jwk(),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "secret"},
        {**jwk(kid="encryption"), "use": "enc"},
        {**jwk(kid="pss"), "alg": "PS256"},
        {**jwk(kid="none"), "alg": "none"},
        {**jwk(kid="list"), "alg": ["RS256"]},
        {"kty": "RSA", "kid": "partial"},
        "text",
    ]
    keys = read_key_set(jwks(jwk(kid="good"), *unusable))  # type: ignore[arg-type]
    assert len(keys) == 1
    assert keys.find("good") is not None
    for one in unusable[:-1]:
        with pytest.raises(ValueError, match="not a JWKS"):
            read_key_set(jwks(one))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "document",
    [b"", b"{}", b"[]", b'{"keys": {}}', b'{"keys": []}', b"\xff", b"[" * 100_000, b"<html>"],
)
def test_document_without_keys_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match="not a JWKS"):
        read_key_set(document)


def test_large_document_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        read_key_set(jwks() + b" " * MAX_JWKS_BYTES)


def replace(path: Path, document: bytes) -> None:
    new = path.with_suffix(".new")
    new.write_bytes(document)
    os.replace(new, path)  # noqa: PTH105 - as Kubernetes does


def test_file_is_read_again_and_a_broken_one_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(jwks())
    keys = KeyFile(path)
    replace(path, jwks(jwk(kid="key-2", number=2)))
    assert asyncio.run(keys.find("key-1")) is None
    assert asyncio.run(keys.find("key-2")) is not None
    with capture_logs() as logs:
        replace(path, b"{")
        for _ in range(2):
            assert asyncio.run(keys.find("key-2")) is not None
        path.unlink()
        for _ in range(2):
            assert asyncio.run(keys.find("key-2")) is not None
        replace(path, jwks())
        assert asyncio.run(keys.find("key-1")) is not None
    unavailable = "access.token_keys_unavailable"
    assert [log["event"] for log in logs] == [unavailable, unavailable, "access.token_keys_loaded"]


def test_new_key_of_the_issuer_is_fetched_at_once() -> None:
    async def scenario() -> None:
        issuer = Issuer(jwks())
        assert await issuer.knows("key-1")
        issuer.document = jwks(jwk(), jwk(kid="key-2", number=2))
        issuer.time_s += MIN_INTERVAL_S
        assert await issuer.knows("key-2")
        assert issuer.fetches == 2

    asyncio.run(scenario())


def test_flood_of_invented_ids_causes_one_fetch() -> None:
    async def scenario() -> None:
        issuer = Issuer(jwks())
        found = await asyncio.gather(*(issuer.knows(f"invented-{number}") for number in range(500)))
        again = [await issuer.knows("invented-1") for _ in range(500)]
        assert not any((*found, *again))
        assert issuer.fetches == 1
        issuer.time_s += MIN_INTERVAL_S
        await asyncio.gather(*(issuer.knows(f"invented-{number}") for number in range(500)))
        assert issuer.fetches == 2

    asyncio.run(scenario())


def test_last_keys_stay_in_use_while_the_address_does_not_answer() -> None:
    async def scenario() -> None:
        issuer = Issuer(jwks())
        assert await issuer.knows("key-1")
        issuer.document = b""
        with capture_logs() as logs:
            for _ in range(3):
                issuer.time_s += MAX_AGE_S + 1
                assert await issuer.knows("key-1")
                assert not await issuer.knows("key-2")
        assert [log["event"] for log in logs] == ["access.token_keys_unavailable"]
        issuer.document = jwks(jwk(kid="key-2", number=2))
        issuer.time_s += MIN_INTERVAL_S
        assert await issuer.knows("key-2")
        assert not await issuer.knows("key-1")

    asyncio.run(scenario())


def test_removed_key_is_forgotten_after_the_stated_age() -> None:
    async def scenario() -> None:
        issuer = Issuer(jwks())
        assert await issuer.knows("key-1")
        issuer.document = jwks(jwk(kid="key-2", number=2))
        issuer.time_s += MAX_AGE_S + 1
        await issuer.knows("key-2")
        assert not await issuer.knows("key-1")

    asyncio.run(scenario())


def test_farm_that_never_had_keys_is_unavailable() -> None:
    async def scenario() -> None:
        issuer = Issuer()
        for _ in range(2):
            with pytest.raises(FarmUnavailable) as raised:
                await issuer.knows("key-1")
            assert raised.value.retry_after_s == MIN_INTERVAL_S
        assert issuer.fetches == 1

    asyncio.run(scenario())
