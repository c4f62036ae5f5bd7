"""A token is accepted if its issuer signed it for this farm, and refused with what to do."""

import asyncio
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import HMAC
from typing import Any

import jwt
import pytest
from structlog.testing import capture_logs

from tests.support import tokens
from tests.support.tokens import claims, jwk, jwks, token
from whisperfarm_contract.permissions import ROLES, Permission
from whisperfarm_contract.problems import InvalidToken
from whisperfarm_dispatcher.api.caller import Caller
from whisperfarm_dispatcher.api.tokens.key_set import (
    PUBLIC_ALGORITHMS,
    KeySet,
    KeySource,
    SharedSecret,
    read_key_set,
)
from whisperfarm_dispatcher.api.tokens.verifier import MAX_TOKEN_CHARS, TokenVerifier

SECRET = b"a secret of the issuer and farm: 32+"
SKEW_S = 30
NOW = int(time.time())


class PublicKeys:
    """Keys that never change."""

    algorithms = PUBLIC_ALGORITHMS

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    async def find(self, key_id: str | None) -> jwt.PyJWK | None:
        return self._keys.find(key_id)


def verifier(source: KeySource) -> TokenVerifier:
    return TokenVerifier(
        source=source,
        issuer=tokens.ISSUER,
        audience=tokens.AUDIENCE,
        clock_skew_s=SKEW_S,
        roles=ROLES,
    )


def public(*keys: dict[str, Any]) -> TokenVerifier:
    return verifier(PublicKeys(read_key_set(jwks(*keys))))


def caller_of(text: str, checked_by: TokenVerifier | None = None) -> Caller:
    return asyncio.run((checked_by or public()).caller(text))


def reason_of(text: str, checked_by: TokenVerifier | None = None) -> tuple[str, str]:
    """Return why the token is refused, for the log and for the caller."""
    with capture_logs() as logs, pytest.raises(InvalidToken) as raised:
        caller_of(text, checked_by)
    part = max(text.split("."), key=len)[:60]
    assert len(part) < 10 or part not in f"{logs}{raised.value.to_wire()}"
    assert raised.value.__cause__ is None
    return logs[-1]["reason"], raised.value.detail


@pytest.mark.parametrize("algorithm", sorted(PUBLIC_ALGORITHMS))
def test_token_of_the_issuer_has_its_tenant_and_role(algorithm: str) -> None:
    found = caller_of(token(algorithm), public(jwk(algorithm)))
    assert (found.tenant, found.permissions) == ("north", ROLES["caller"])


def test_token_with_the_shared_secret_is_accepted() -> None:
    text = jwt.encode(claims(), SECRET, algorithm="HS256")
    assert caller_of(text, verifier(SharedSecret(SECRET))).tenant == "north"


def test_key_of_the_caller_is_a_hash_of_issuer_and_subject() -> None:
    digest = sha256(f"{tokens.ISSUER}\nsiprec-1".encode()).hexdigest()
    first, again = caller_of(token(jti="1")).key_id, caller_of(token(jti="2")).key_id
    assert first == again == f"token-{digest[:12]}"
    assert caller_of(token(sub="siprec-2")).key_id != first


@pytest.mark.parametrize(
    ("changes", "reason", "text"),
    [
        ({"exp": NOW - 2 * SKEW_S}, "expired", "get a new one"),
        ({"nbf": NOW + 86_400}, "not_yet_valid", "clock"),
        ({"iat": NOW + 86_400}, "not_yet_valid", "clock"),
        ({"aud": "another-farm"}, "audience", "request one for this farm"),
        ({"aud": ["a", "b"]}, "audience", "request one for this farm"),
        ({"aud": None}, "claims", "exp, iss, aud and sub"),
        ({"exp": None}, "claims", "exp, iss, aud and sub"),
        ({"sub": None}, "claims", "exp, iss, aud and sub"),
        ({"iss": "https://login.example.com/"}, "issuer", "another issuer"),
        ({"iss": None}, "claims", "exp, iss, aud and sub"),
        ({"exp": "soon"}, "malformed", "not valid"),
        ({"exp": float("inf")}, "malformed", "not valid"),
        ({"sub": 7}, "malformed", "not valid"),
        ({"tenant": None}, "claims", "names no tenant"),
        ({"tenant": ""}, "claims", "names no tenant"),
        ({"tenant": "../south"}, "claims", "names no tenant"),
        ({"tenant": ["north", "south"]}, "claims", "names no tenant"),
        ({"tenant": {"name": "north"}}, "claims", "names no tenant"),
    ],
)
def test_invalid_claims_are_refused(changes: dict[str, Any], reason: str, text: str) -> None:
    found, detail = reason_of(token(**changes))
    assert found == reason
    assert text in detail


def test_clocks_may_differ_by_the_skew() -> None:
    now = int(time.time())
    assert caller_of(token(exp=now - 5, nbf=now + 5)).tenant == "north"


def test_text_of_the_public_key_is_not_a_secret() -> None:
    head, body, _ = token().split(".")
    head = urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"key-1"}').rstrip(b"=").decode()
    signature = HMAC(tokens.public_pem(), f"{head}.{body}".encode(), sha256).digest()
    forged = f"{head}.{body}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    assert reason_of(forged)[0] == "signature"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "HS512", "RS512", "PS256", "", 7, None])
def test_algorithm_of_the_token_does_not_choose_the_check(algorithm: Any) -> None:
    head = jwt.utils.base64url_encode(
        f'{{"alg":{"null" if algorithm is None else repr(algorithm)}}}'.replace("'", '"').encode()
    ).decode()
    _, body, signature = token().split(".")
    for signed in ("", signature):
        assert reason_of(f"{head}.{body}.{signed}")[0] == "signature"


def test_public_key_does_not_verify_for_a_farm_with_a_secret() -> None:
    assert reason_of(token(), verifier(SharedSecret(SECRET)))[0] == "signature"
    other = jwt.encode(claims(), SECRET[::-1], algorithm="HS256")
    assert reason_of(other, verifier(SharedSecret(SECRET)))[0] == "signature"


def test_changed_token_and_foreign_key_are_refused() -> None:
    head, body, signature = token().split(".")
    assert reason_of(f"{head}.{token(tenant='south').split('.')[1]}.{signature}")[0] == "signature"
    assert reason_of(token(number=2))[0] == "signature"
    assert reason_of(token(kid="key-2"))[1].startswith("the farm does not know the key")
    assert reason_of(f"{head}.{body}.")[0] == "signature"


def test_key_without_an_id_is_found_if_it_is_the_only_one() -> None:
    assert caller_of(token(kid=None)).tenant == "north"
    assert reason_of(token(kid=None), public(jwk(), jwk(kid="2", number=2)))[0] == "signature"


@pytest.mark.parametrize(
    "text",
    [
        "..",
        "a.b.c",
        "eyJ.eyJ.",
        "e30.e30.e30",
        "eyJhbGciOiJSUzI1NiJ9..",
        "\xff.\xfe.\xfd",
        "===.=.=",
    ],
)
def test_malformed_token_is_refused(text: str) -> None:
    assert reason_of(text)[0] in {"malformed", "signature"}


def test_huge_and_deep_tokens_are_refused() -> None:
    assert reason_of(token(filler="x" * MAX_TOKEN_CHARS))[1].startswith("the token has more than")
    deep = jwt.utils.base64url_encode(b"[" * 5000).decode()
    assert reason_of(f"{deep}.e30.e30")[0] == "malformed"


@pytest.mark.parametrize(
    ("changes", "permissions"),
    [
        ({"role": "submitter"}, ROLES["submitter"]),
        ({"role": ["submitter", "analyst"]}, ROLES["submitter"] | ROLES["analyst"]),
        ({"role": "root"}, frozenset()),
        ({"role": None}, frozenset()),
        ({"role": {"admin": True}}, frozenset()),
        ({"role": None, "scope": "openid read:jobs"}, {Permission.READ_JOBS}),
        ({"role": "caller", "scope": "openid"}, ROLES["caller"]),
        ({"role": "caller", "scope": "read:jobs operate:farm"}, {Permission.READ_JOBS}),
        ({"role": "root", "scope": "read:jobs"}, frozenset()),
    ],
)
def test_roles_and_scope_permit(changes: dict[str, Any], permissions: set[Permission]) -> None:
    assert caller_of(token(**changes)).permissions == permissions
