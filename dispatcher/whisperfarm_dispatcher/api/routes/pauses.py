"""`/v1/pauses`: operators pause the farm or a preset, and resume it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from whisperfarm_contract.field_types import PrintableLine
from whisperfarm_contract.job import to_rfc3339
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.auth import Deps, Tenant
from whisperfarm_dispatcher.api.caller import caller_of
from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.submission import job_request
from whisperfarm_store import events
from whisperfarm_store.ledger import WHOLE_FARM, Pause

router = APIRouter(prefix="/v1/pauses", tags=["operators"])

MAX_REASON_CHARS = 200
MAX_RETRY_AFTER_S = 86_400

Preset = Annotated[
    str | None, Query(max_length=200, description="The preset; without it, the whole farm.")
]


@router.get("", summary="List pauses", **endpoints.PAUSES)
def list_pauses(deps: Deps, _tenant: Tenant) -> JSONResponse:
    """Returns all pauses, that of the whole farm first."""
    return _response(deps)


@router.put("", summary="Pause the farm or a preset", **endpoints.PAUSE)
def set_pause(  # noqa: PLR0917 - FastAPI passes them by name
    request: Request,
    deps: Deps,
    _tenant: Tenant,
    preset: Preset = None,
    accept: Annotated[bool, Query(description="Refuse new jobs.")] = True,
    dispatch: Annotated[bool, Query(description="Dispatch no queued jobs.")] = True,
    reason: Annotated[
        str, Query(max_length=MAX_REASON_CHARS, description="Why; callers of new jobs see it.")
    ] = "",
    retry_after_s: Annotated[
        int, Query(ge=1, le=MAX_RETRY_AFTER_S, description="`Retry-After` of refused jobs.")
    ] = 60,
) -> JSONResponse:
    """Pauses until an operator resumes. Replaces an earlier pause of the same preset.

    Running jobs continue, and so do the few that are in the broker. Returns all pauses.
    """
    if not (accept or dispatch):
        raise InvalidOption("accept, dispatch: both are false; one of them must be paused")
    if preset is not None:
        job_request.get_preset(preset, deps.presets)
    pause = deps.ledger.pauses.set(
        Pause(
            preset=preset or WHOLE_FARM,
            accept=accept,
            dispatch=dispatch,
            reason=_reason(reason),
            retry_after_s=retry_after_s,
        ),
        by=caller_of(request).at(request),
    )
    events.pause.started.log(
        preset=pause.preset, accept=accept, dispatch=dispatch, reason=pause.reason
    )
    return _response(deps)


@router.delete("", summary="Resume the farm or a preset", **endpoints.RESUME)
def end_pause(request: Request, deps: Deps, _tenant: Tenant, preset: Preset = None) -> JSONResponse:
    """Ends the pause of the preset or of the whole farm, if there is one. Returns the others.

    A preset stays paused as long as the whole farm is.
    """
    by = caller_of(request).at(request)
    if "\0" not in (preset or "") and deps.ledger.pauses.end(preset or WHOLE_FARM, by=by):
        events.pause.ended.log(preset=preset or WHOLE_FARM)
        deps.jobs_available.set()
    return _response(deps)


def _reason(text: str) -> str:
    try:
        return PrintableLine(MAX_REASON_CHARS).read(text)
    except ValueError as error:
        raise InvalidOption(f"reason: {error}") from None


def _response(deps: Dependencies) -> JSONResponse:
    return JSONResponse(
        {
            "pauses": [
                {
                    "preset": pause.preset or None,
                    "accept": pause.accept,
                    "dispatch": pause.dispatch,
                    "reason": pause.reason,
                    "retry_after_s": pause.retry_after_s,
                    "paused_at": to_rfc3339(pause.paused_at),
                }
                for pause in deps.ledger.pauses.list()
            ]
        }
    )
