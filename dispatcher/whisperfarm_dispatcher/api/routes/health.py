"""`/healthz` and `/readyz`: is the process alive, and can the farm do jobs?"""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.readiness import Readiness

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Is the process alive?", **endpoints.HEALTH)
async def healthz() -> JSONResponse:
    """Answers whatever else may be broken."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz", summary="Can the farm do jobs?", **endpoints.READY)
async def readyz(
    request: Request,
    workers: Annotated[
        bool,
        Query(description="Whether a ready worker is wanted: not so where they come with the work"),
    ] = True,
) -> JSONResponse:
    """200 when every check is well, 503 otherwise; each check is named.

    With `workers=false` it says whether jobs are taken: what counts is the ledger and the blobs.
    """
    readiness: Readiness = request.app.state.readiness
    checks = await readiness.checks()
    ready = all(check.ok for name, check in checks.items() if workers or name != "workers")
    return JSONResponse(
        {
            "status": "ready" if ready else "not ready",
            "checks": {
                name: {"ok": check.ok, "detail": check.detail} for name, check in checks.items()
            },
        },
        200 if ready else 503,
    )
