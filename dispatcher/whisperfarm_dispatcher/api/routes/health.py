"""`/healthz` and `/readyz`: liveness of the process and readiness of the farm."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from whisperfarm_dispatcher.api.openapi import endpoints
from whisperfarm_dispatcher.readiness import Readiness

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Liveness", **endpoints.HEALTH)
async def healthz() -> JSONResponse:
    """Returns 200 as long as the process is alive. It checks no other part of the farm."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz", summary="Readiness", **endpoints.READY)
async def readyz(
    request: Request,
    workers: Annotated[
        bool,
        Query(
            description=(
                "Whether a ready worker is required. Use `false` where an autoscaler starts workers"
                " on demand."
            )
        ),
    ] = True,
) -> JSONResponse:
    """Returns 200 if every check passes, otherwise 503, with the result of each check.

    With `workers=false` it reports whether jobs are accepted: only ledger and blob store count.
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
