"""Finds who signed in: verifies an ID token at the sign-in, and again at each request."""

import time
from hmac import compare_digest

from whisperfarm_contract.problems import InvalidToken, PermissionDenied
from whisperfarm_dispatcher.api.caller import Caller, refused
from whisperfarm_dispatcher.api.oidc.attempt import Attempt
from whisperfarm_dispatcher.api.oidc.code import CodeFlow
from whisperfarm_dispatcher.api.tokens.claims import subject_id
from whisperfarm_dispatcher.api.tokens.verifier import TokenVerifier
from whisperfarm_store.events.access import RefusalReason

_OTHER_SIGN_IN = "the ID token belongs to another sign-in; sign in again"
_NO_ROLE = "your account has no role at this farm; ask the operator for one"


class People:
    """People of the identity provider, by their ID tokens."""

    def __init__(self, flow: CodeFlow, verifier: TokenVerifier) -> None:
        self.flow = flow
        self._verifier = verifier

    async def caller(self, id_token: str) -> Caller:
        """Return the caller of an ID token that a session was started with."""
        return await self._verifier.caller(id_token)

    async def subject(self, id_token: str, attempt: Attempt) -> tuple[str, float]:
        """Return an id that stands for the person, and the seconds until the token expires.

        Raises `InvalidToken` unless the token was made for this farm and this sign-in.
        """
        claims = await self._verifier.claims(id_token)
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not compare_digest(
            nonce.encode("utf-8", "surrogatepass"), attempt.nonce.encode()
        ):
            raise refused(InvalidToken(_OTHER_SIGN_IN), RefusalReason.CLAIMS)
        if claims.get("azp", self.flow.client_id) != self.flow.client_id:
            raise refused(InvalidToken(_OTHER_SIGN_IN), RefusalReason.AUDIENCE)
        return subject_id(claims), float(claims["exp"]) - time.time()


def check_has_role(caller: Caller) -> None:
    """Raise `PermissionDenied` for a person without a role that the farm has."""
    if not caller.permissions:
        problem = PermissionDenied(_NO_ROLE)
        raise refused(problem, RefusalReason.DENIED, key=caller.key_id, tenant=caller.tenant)
