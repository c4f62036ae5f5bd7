"""`/page/session/begin` and `/callback`: signs a person in at the identity provider."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from whisperfarm_contract.problems import InvalidToken
from whisperfarm_dispatcher.api.auth import Deps
from whisperfarm_dispatcher.api.authenticator import ID_TOKEN
from whisperfarm_dispatcher.api.caller import refused
from whisperfarm_dispatcher.api.oidc.attempt import Attempt, read_attempt
from whisperfarm_dispatcher.api.oidc.code import NOT_ACCEPTED
from whisperfarm_dispatcher.api.oidc.people import People
from whisperfarm_dispatcher.api.sessions import cookie
from whisperfarm_dispatcher.api.sessions.session import start_session
from whisperfarm_dispatcher.page import attempt_cookie
from whisperfarm_dispatcher.page.oidc_caller import accepted_caller, people_of
from whisperfarm_dispatcher.page.page_route import PageRoute
from whisperfarm_dispatcher.page.rendering import HEADERS, render
from whisperfarm_dispatcher.page.sign_in import page_of
from whisperfarm_dispatcher.submission.threads import run_in_thread
from whisperfarm_store.events.access import RefusalReason

router = APIRouter(prefix="/page/session", include_in_schema=False, route_class=PageRoute)

_OTHER_BROWSER = "this sign-in began in another browser, or too long ago; sign in again"


@router.get("/begin")
async def begin_sign_in(request: Request, next: str = "") -> Response:
    """Leads to the provider, and later back to the page `next`."""
    flow = people_of(request).flow
    attempt = Attempt.begin(page_of(next))
    response = RedirectResponse(
        await run_in_thread(flow.authorization_url, attempt), 303, headers=HEADERS
    )
    attempt_cookie.set_secret(response, attempt.secret, is_https=flow.is_https)
    return response


@router.get("/callback")
async def finish_sign_in(request: Request, deps: Deps) -> Response:
    """Starts a session with the ID token, and leads to the page that was wanted.

    A redirect would be a part of the provider's navigation, with which browsers send no strict
    cookie; so the farm's own page leads on.
    """
    people = people_of(request)
    attempt = _attempt(request, people)
    code = request.query_params.get("code", "")
    id_token = await run_in_thread(people.flow.id_token, code, attempt)
    caller, expires_in_s = await accepted_caller(request, deps, people, id_token, attempt)
    max_age_s = int(min(deps.settings.session_hours * 3600, expires_in_s))
    secret = await start_session(
        deps.ledger,
        ID_TOKEN + id_token,
        tenant=caller.tenant,
        expires_in_s=max_age_s,
        by=caller.at(request),
    )
    response = render(request, "signed_in.html", target=attempt.target)
    is_https = people.flow.is_https
    cookie.set_cookie(request, response, secret, max_age_s=max_age_s, is_https=is_https)
    attempt_cookie.delete_secret(response, is_https=is_https)
    return response


def _attempt(request: Request, people: People) -> Attempt:
    """Return the sign-in that the provider confirms. Raises `InvalidToken` if there is none."""
    query = request.query_params
    attempt = read_attempt(attempt_cookie.secret_of(request), query.get("state", ""))
    if attempt is None or page_of(attempt.target) != attempt.target:
        raise refused(InvalidToken(_OTHER_BROWSER), RefusalReason.CROSS_SITE)
    issuer = people.flow.provider.issuer
    if not query.get("code") or query.get("iss", issuer) != issuer:  # RFC 9207
        raise refused(InvalidToken(NOT_ACCEPTED), RefusalReason.PROVIDER)
    return attempt
