"""Finds the caller of a key or token: in the settings, by the token itself, or in the ledger."""

from typing import Any, NoReturn

from whisperfarm_contract.permissions import Roles
from whisperfarm_contract.problems import InvalidApiKey
from whisperfarm_dispatcher.api.caller import Caller, refused
from whisperfarm_dispatcher.api.keys import KeyRing
from whisperfarm_dispatcher.api.ledger_keys import LedgerKeys, quota_of
from whisperfarm_dispatcher.api.oidc.people import People
from whisperfarm_dispatcher.api.tokens.verifier import TokenVerifier, is_token
from whisperfarm_store.events.access import RefusalReason
from whisperfarm_store.ledger import ApiKey, KeyState

_INVALID = {KeyState.EXPIRED: RefusalReason.EXPIRED, KeyState.REVOKED: RefusalReason.REVOKED}

ID_TOKEN = "id-token:"  # noqa: S105 - a prefix
"""What precedes an ID token as the credential of a session."""

_NO_PROVIDER = "the farm has no identity provider any more; sign in with a key"


class Authenticator:
    """The keys of a farm that requires one, and the roles that they refer to.

    `tokens` is missing if the farm accepts no tokens, and `people` if there is no identity provider
    to sign in at.
    """

    def __init__(
        self,
        ring: KeyRing,
        ledger_keys: LedgerKeys,
        roles: Roles,
        tokens: TokenVerifier | None = None,
        people: People | None = None,
    ) -> None:
        self._ring = ring
        self._ledger_keys = ledger_keys
        self._roles = roles
        self._tokens = tokens
        self.people = people

    async def authenticate(self, api_key: str) -> Caller:
        """Return the caller.

        Raises `InvalidApiKey` if the key is unknown, expired or revoked, `InvalidToken` for a token
        that is not valid, and `FarmUnavailable` if the key is not among those of the settings and
        the ledger is unavailable.
        """
        of_settings = self._ring.find(api_key)
        if of_settings is not None:
            return self._caller(of_settings.tenant, of_settings.role)
        if self._tokens is not None and is_token(api_key):
            return await self._tokens.caller(api_key)
        key = await self._ledger_keys.find(api_key)
        if key is None:
            raise refused(InvalidApiKey(), RefusalReason.UNKNOWN)
        if key.state is not KeyState.ACTIVE:
            _refuse(key)
        await self._ledger_keys.record_use(key)
        return self._caller_of(key)

    async def authenticate_session(self, credential: str) -> Caller:
        """Return the caller of a session, which was started with a key, a token or an ID token.

        An ID token is accepted here alone: in a request, it is not a key.
        """
        if not credential.startswith(ID_TOKEN):
            return await self.authenticate(credential)
        if self.people is None:
            raise refused(InvalidApiKey(_NO_PROVIDER), RefusalReason.SESSION)
        return await self.people.caller(credential.removeprefix(ID_TOKEN))

    def _caller(self, tenant: str, role: str, **limits: Any) -> Caller:
        """Return a caller with the role. A role that the farm does not have permits nothing."""
        permissions = self._roles.get(role, frozenset())
        return Caller(
            tenant=tenant, grant=f"the role {role}", permissions=permissions, role=role, **limits
        )

    def _caller_of(self, key: ApiKey) -> Caller:
        limits: dict[str, Any] = {
            "key_id": key.id,
            "key_name": key.name,
            "rate_limit": key.rate_limit,
            "quota": quota_of(key),
        }
        if key.role is not None:
            return self._caller(key.tenant, key.role, **limits)
        permissions = frozenset(key.permissions)
        return Caller(tenant=key.tenant, grant="the key", permissions=permissions, **limits)


def _refuse(key: ApiKey) -> NoReturn:
    problem = InvalidApiKey(f"the API key {key.id} is {key.state}; ask the operator for another")
    raise refused(problem, _INVALID[key.state], key=key.id, tenant=key.tenant)
