"""Decides whether a person whom the identity provider confirmed may sign in to this farm."""

from fastapi import HTTPException, Request

from whisperfarm_contract.audit import Actor, AuditKind
from whisperfarm_contract.problems import Problem
from whisperfarm_dispatcher.api.authenticator import Authenticator
from whisperfarm_dispatcher.api.caller import Caller
from whisperfarm_dispatcher.api.oidc.attempt import Attempt
from whisperfarm_dispatcher.api.oidc.people import People, check_has_role
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.submission.threads import run_in_thread


def people_of(request: Request) -> People:
    """Return the people of the provider. Raises a 404 if the farm has none."""
    authenticator: Authenticator | None = request.app.state.authenticator
    if authenticator is None or authenticator.people is None:
        raise HTTPException(404)
    return authenticator.people


async def accepted_caller(
    request: Request, deps: Dependencies, people: People, id_token: str, attempt: Attempt
) -> tuple[Caller, float]:
    """Return the caller and the seconds until the ID token expires.

    Raises a `Problem`. A refusal is in the audit log once the provider's signature shows that the
    person is one of its people: others could fill the log.
    """
    subject, expires_in_s = await people.subject(id_token, attempt)
    try:
        caller = await people.caller(id_token)
        check_has_role(caller)
    except Problem as problem:
        address = request.client.host if request.client else ""
        by, why = Actor(subject, address), {"problem": problem.name}
        append = deps.ledger.audit_log.append
        await run_in_thread(append, AuditKind.SIGN_IN_REFUSED, by, why)
        raise
    await request.app.state.rate_limiter.check(caller)
    return caller, expires_in_s
