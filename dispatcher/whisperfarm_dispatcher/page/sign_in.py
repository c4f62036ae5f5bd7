"""`/page/session`: signs a person in with an API key or a token, and out again."""

import re
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from whisperfarm_contract.problems import InvalidApiKey
from whisperfarm_dispatcher.api.auth import Deps
from whisperfarm_dispatcher.api.authenticator import Authenticator
from whisperfarm_dispatcher.api.sessions import cookie
from whisperfarm_dispatcher.api.sessions.same_origin import check_same_origin
from whisperfarm_dispatcher.api.sessions.session import end_session, start_session
from whisperfarm_dispatcher.api.upload.small_body import read_text
from whisperfarm_dispatcher.api.upload.upload import read_body
from whisperfarm_dispatcher.page.page_route import PageRoute, sign_in_page
from whisperfarm_dispatcher.page.rendering import root_of

router = APIRouter(prefix="/page/session", include_in_schema=False, route_class=PageRoute)

MAX_BODY_BYTES = 32 << 10
"""Longest form: more than the longest token, with escapes."""

HOME = "page/jobs"
_PAGE = re.compile(r"page/(jobs(/[A-Za-z0-9_-]{1,64})?|batches|overview)")


@router.post("")
async def sign_in(request: Request, deps: Deps) -> Response:
    """Starts a session with the `key` of the form, and leads to the page `next`."""
    check_same_origin(request)
    authenticator: Authenticator | None = request.app.state.authenticator
    form = parse_qs(await read_text(read_body(request, deps.settings), max_bytes=MAX_BODY_BYTES))
    target = page_of(form.get("next", [""])[0])
    response = RedirectResponse(root_of(request) + target, 303)
    if authenticator is None:
        return response
    api_key = form.get("key", [""])[0].strip()
    if not api_key:
        return sign_in_page(request, "Enter the key.", status=422, target=target)
    try:
        caller = await authenticator.authenticate(api_key)
    except InvalidApiKey as problem:
        request.state.problem = problem.name
        return sign_in_page(request, problem.detail, status=401, target=target)
    await request.app.state.rate_limiter.check(caller)
    max_age_s = round(deps.settings.session_hours * 3600)
    secret = await start_session(
        deps.ledger,
        api_key,
        tenant=caller.tenant,
        expires_in_s=max_age_s,
        by=caller.at(request),
    )
    cookie.set_cookie(request, response, secret, max_age_s=max_age_s)
    return response


@router.post("/end")
async def sign_out(request: Request, deps: Deps) -> Response:
    """Ends the session."""
    check_same_origin(request)
    response = RedirectResponse(root_of(request) + HOME, 303)
    if secret := cookie.secret_of(request):
        await end_session(deps.ledger, secret)
        cookie.delete_cookie(request, response)
    return response


def page_of(target: str) -> str:
    """Return the page of the farm that the text names, or the first one."""
    return target if _PAGE.fullmatch(target) else HOME
