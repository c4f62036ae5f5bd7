"""Starts, reads and ends the session of a person."""

import secrets

from whisperfarm_contract.audit import Actor
from whisperfarm_dispatcher.api.sessions.sealed_key import seal, session_id, unseal
from whisperfarm_dispatcher.submission.threads import run_in_thread
from whisperfarm_store.ledger import Ledger

SECRET_BYTES = 32


async def start_session(
    ledger: Ledger, api_key: str, *, tenant: str, expires_in_s: float, by: Actor
) -> str:
    """Start a session with a key that was accepted. Returns its secret."""
    secret = secrets.token_urlsafe(SECRET_BYTES)

    def start() -> None:
        sealed = seal(api_key, secret)
        ledger.sessions.start(
            session_id(secret), sealed, tenant=tenant, expires_in_s=expires_in_s, by=by
        )

    await run_in_thread(start)
    return secret


async def key_of_session(ledger: Ledger, secret: str) -> str | None:
    """Return the key that a session was started with, or `None` if it has ended."""
    sealed = await run_in_thread(ledger.sessions.sealed_key, session_id(secret))
    return None if sealed is None else unseal(sealed, secret)


async def end_session(ledger: Ledger, secret: str) -> None:
    """End a session, for all dispatchers."""
    await run_in_thread(ledger.sessions.end, session_id(secret))
