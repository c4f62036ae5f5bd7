"""Checks the settings of tokens, and builds the verifier from them."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from whisperfarm_contract.permissions import Roles
from whisperfarm_contract.problems import ForbiddenAddress, InvalidSettings
from whisperfarm_dispatcher.api.tokens.claims import ClaimNames
from whisperfarm_dispatcher.api.tokens.key_file import KeyFile, read_key_file
from whisperfarm_dispatcher.api.tokens.key_set import KeySource, SharedSecret
from whisperfarm_dispatcher.api.tokens.key_url import KeyUrl, fetch_key_set
from whisperfarm_dispatcher.api.tokens.verifier import TokenVerifier
from whisperfarm_dispatcher.egress import HttpClient, Networks, read_target

MIN_SECRET_BYTES = 32
"""Shortest shared secret: the length of the hash of HS256 (RFC 7518, 3.2)."""

_SOURCES = "WHISPERFARM_TOKEN_SECRET, WHISPERFARM_TOKEN_JWKS_FILE and WHISPERFARM_TOKEN_JWKS_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSettings:
    """The settings of tokens. One of `secret`, `jwks_file` and `jwks_url` is set."""

    secret: SecretStr | None
    jwks_file: Path | None
    jwks_url: str | None
    issuer: str | None
    audience: str | None
    names: ClaimNames
    clock_skew_s: float

    @property
    def are_accepted(self) -> bool:
        """Whether the farm accepts tokens."""
        return any((self.secret, self.jwks_file, self.jwks_url))


def check_tokens(settings: TokenSettings, allowed: Networks) -> None:
    """Raise `InvalidSettings` if the settings contradict each other, or have no usable key.

    A JWKS at an address is not fetched: the farm starts without it.
    """
    sources = [settings.secret, settings.jwks_file, settings.jwks_url]
    if sum(source is not None for source in sources) > 1:
        raise InvalidSettings(f"{_SOURCES}: set one of them")
    if settings.are_accepted != bool(settings.issuer and settings.audience):
        raise InvalidSettings(
            "WHISPERFARM_TOKEN_ISSUER, WHISPERFARM_TOKEN_AUDIENCE: set both, and one of"
            f" {_SOURCES}; or none of them"
        )
    _check_secret(settings.secret)
    _check_file(settings.jwks_file)
    _check_url(settings.jwks_url, allowed)


def build_verifier(
    settings: TokenSettings, *, roles: Roles, allowed: Networks
) -> TokenVerifier | None:
    """Return the verifier, or `None` if the farm accepts no tokens."""
    source = _source(settings, allowed)
    if source is None:
        return None
    return TokenVerifier(
        source=source,
        issuer=settings.issuer or "",
        audience=settings.audience or "",
        clock_skew_s=settings.clock_skew_s,
        roles=roles,
        names=settings.names,
    )


def _source(settings: TokenSettings, allowed: Networks) -> KeySource | None:
    if settings.secret is not None:
        return SharedSecret(settings.secret.get_secret_value().encode())
    if settings.jwks_file is not None:
        return KeyFile(settings.jwks_file)
    if settings.jwks_url is not None:
        return KeyUrl(partial(fetch_key_set, HttpClient(allowed), settings.jwks_url))
    return None


def _check_secret(secret: SecretStr | None) -> None:
    if secret is not None and len(secret.get_secret_value().encode()) < MIN_SECRET_BYTES:
        raise InvalidSettings(
            f"WHISPERFARM_TOKEN_SECRET: the secret has fewer than {MIN_SECRET_BYTES} bytes; make"
            " one with `openssl rand -hex 32`"
        )


def _check_file(path: Path | None) -> None:
    if path is None:
        return
    try:
        read_key_file(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidSettings(f"WHISPERFARM_TOKEN_JWKS_FILE: {path}: {reason}") from None


def _check_url(url: str | None, allowed: Networks) -> None:
    if url is None:
        return
    try:
        read_target(url, allowed)
    except ForbiddenAddress as problem:
        raise InvalidSettings(f"WHISPERFARM_TOKEN_JWKS_URL: {problem.detail}") from None
