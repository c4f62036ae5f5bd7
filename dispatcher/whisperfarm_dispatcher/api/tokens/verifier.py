"""Checks a token: signature, issuer, audience and times, then what its claims permit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from whisperfarm_contract.permissions import Roles
from whisperfarm_contract.problems import InvalidToken, Problem
from whisperfarm_dispatcher.api.caller import Caller, refused
from whisperfarm_dispatcher.api.tokens.claims import (
    ClaimNames,
    permissions_of,
    subject_id,
    tenant_of,
)
from whisperfarm_dispatcher.api.tokens.key_set import KeySource
from whisperfarm_store.events.access import RefusalReason

MAX_TOKEN_CHARS = 8192
"""Longest token. A longer one is refused unread."""

_DOTS = 2
_REQUIRED = ("exp", "iss", "aud", "sub")

_TOO_LONG = (
    f"the token has more than {MAX_TOKEN_CHARS} characters; ask its issuer for a smaller one"
)
_UNKNOWN_KEY = (
    "the farm does not know the key that signed the token; get a new token from its issuer"
)
_NO_TENANT = "the token names no tenant of this farm; ask the operator how to request one that does"

_REFUSALS: tuple[tuple[type[Exception], RefusalReason, str], ...] = (
    (
        jwt.ExpiredSignatureError,
        RefusalReason.EXPIRED,
        "the token has expired; get a new one from its issuer",
    ),
    (
        jwt.ImmatureSignatureError,
        RefusalReason.NOT_YET_VALID,
        "the token is not valid yet; compare the clock of its issuer with that of the farm",
    ),
    (
        jwt.InvalidAudienceError,
        RefusalReason.AUDIENCE,
        "the token is for another audience; request one for this farm from its issuer",
    ),
    (
        jwt.InvalidIssuerError,
        RefusalReason.ISSUER,
        "the token is from another issuer; get one from the issuer that the farm accepts",
    ),
    (
        jwt.MissingRequiredClaimError,
        RefusalReason.CLAIMS,
        "the token lacks a claim; it needs exp, iss, aud and sub",
    ),
    (jwt.InvalidAlgorithmError, RefusalReason.SIGNATURE, ""),
    (jwt.InvalidKeyError, RefusalReason.SIGNATURE, ""),
    (jwt.InvalidSignatureError, RefusalReason.SIGNATURE, ""),
    (jwt.PyJWTError, RefusalReason.MALFORMED, ""),
)
"""Reason and text for each error of the library; the first that fits. Empty: the title."""


def is_token(text: str) -> bool:
    """Whether a text has the form of a token, and not of an API key of the ledger."""
    return text.count(".") == _DOTS


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenVerifier:
    """What a token must be to be accepted. `clock_skew_s` is added to both ends of its times."""

    source: KeySource
    issuer: str
    audience: str
    clock_skew_s: float
    roles: Roles
    names: ClaimNames = field(default_factory=ClaimNames)

    async def caller(self, token: str) -> Caller:
        """Return the caller.

        Raises `InvalidToken`, and `FarmUnavailable` if the keys were never available.
        """
        return self._caller(await self.claims(token))

    async def claims(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token that is valid. Raises the same problems."""
        if len(token) > MAX_TOKEN_CHARS:
            raise refused(InvalidToken(_TOO_LONG), RefusalReason.MALFORMED)
        try:
            return await self._claims(token)
        except jwt.PyJWTError as error:
            raise _refused(error) from None  # its text may repeat the token

    async def _claims(self, token: str) -> Mapping[str, Any]:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in self.source.algorithms:  # before a key is fetched for it
            raise jwt.InvalidAlgorithmError
        key = await self.source.find(header.get("kid"))
        if key is None:
            raise refused(InvalidToken(_UNKNOWN_KEY), RefusalReason.SIGNATURE)
        return jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=self.audience,
            issuer=self.issuer,
            leeway=self.clock_skew_s,
            options={"require": list(_REQUIRED), "enforce_minimum_key_length": True},
        )

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        subject = subject_id(claims)
        tenant = tenant_of(claims, self.names)
        if tenant is None:
            raise refused(InvalidToken(_NO_TENANT), RefusalReason.CLAIMS, key=subject)
        return Caller(
            tenant=tenant,
            grant="the token",
            permissions=permissions_of(claims, self.names, self.roles),
            key_id=subject,
            is_subject=True,
        )


def _refused(error: Exception) -> Problem:
    for kind, reason, text in _REFUSALS:
        if isinstance(error, kind):
            return refused(InvalidToken(text or None), reason)
    raise error
