"""`/page`: the list of jobs, and the transcript of one."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from whisperfarm_contract import job_wire
from whisperfarm_contract.formats import FORMATS
from whisperfarm_contract.job import APPROVED, PENDING
from whisperfarm_contract.languages import NAMES
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.caller import Caller, caller_of
from whisperfarm_dispatcher.api.documents import DOCUMENTS
from whisperfarm_dispatcher.api.errors import shorten
from whisperfarm_dispatcher.api.text_search import excerpts, read_text_query
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.page.files import file_response
from whisperfarm_dispatcher.page.page_route import PageRoute
from whisperfarm_dispatcher.page.rendering import render
from whisperfarm_store.ledger import JobFilter, TextQuery

router = APIRouter(prefix="/page", include_in_schema=False, route_class=PageRoute)

PAGE_SIZE = 50
STATES = tuple(one.value for one in JobState)
APPROVALS = (PENDING, APPROVED)

_EXTENSIONS = {
    **{name: one.extension for name, one in FORMATS.items()},
    **{name: name.partition("-")[0] for name in DOCUMENTS},
}
"""Extensions of files by format."""


@router.get("/jobs")
def jobs_page(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    deps: Deps,
    tenant: Tenant,
    state: Annotated[str, Query(max_length=20)] = "",
    text: Annotated[str, Query(max_length=200)] = "",
    words: Annotated[str, Query(max_length=200)] = "",
    approval: Annotated[str, Query(max_length=20)] = "",
    before: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Returns a page of jobs, newest first, and the form to submit recordings."""
    query, message = _read_words(deps, caller_of(request), words)
    wanted = JobFilter(
        state=JobState(state) if _is_given("state", state, STATES) else None,
        approval=approval if _is_given("approval", approval, APPROVALS) else None,
        contained=text.strip() or None,
        words=query,
    )
    found = deps.ledger.jobs.list_for_tenant(
        tenant, wanted=wanted, limit=PAGE_SIZE + 1, before=before or None
    )
    page = [] if message else found[:PAGE_SIZE]
    own_query = {"state": state, "text": text, "words": words, "approval": approval}
    older = urlencode({**own_query, "before": page[-1].id if page else ""})
    return render(
        request,
        "jobs.html",
        status=InvalidOption.status if message else 200,
        message=message,
        jobs=[job_wire.to_wire(job) for job in page],
        older=f"?{older}" if page and len(found) > PAGE_SIZE else None,
        is_first=not before,
        state=state,
        text=text,
        words=words,
        approval=approval,
        approvals=APPROVALS,
        excerpts=excerpts(deps, page, query),
        has_search=deps.settings.search,
        states=STATES,
        presets=list(deps.presets),
        languages=NAMES,
    )


@router.get("/jobs/{job_id}")
def transcript_page(request: Request, deps: Deps, tenant: Tenant, job_id: str) -> Response:
    """Returns the page of one job. Its script asks the API for the transcript."""
    job = deps.ledger.jobs.get(job_id, tenant=tenant)
    return render(
        request,
        "transcript.html",
        job=job_wire.to_wire(job),
        formats=_EXTENSIONS,
    )


def _is_given(name: str, value: str, known: Sequence[str]) -> bool:
    if value and value not in known:
        raise InvalidOption(f"{name}: {value!r} is unknown; choose one of {', '.join(known)}")
    return bool(value)


def _read_words(
    deps: Dependencies, caller: Caller, words: str
) -> tuple[TextQuery | None, str | None]:
    """Return the query for these words, or what is wrong with them."""
    if not words.strip():
        return None, None
    try:
        return read_text_query(deps, caller, words), None
    except InvalidOption as problem:
        return None, shorten(problem.detail)


@router.get("/files/{name}")
async def page_file(name: str) -> Response:
    """Returns a script or the style sheet."""
    return file_response(name)
