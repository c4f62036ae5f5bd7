"""The dispatcher as an ASGI application."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.telemetry import TelemetryConfig

from whisperfarm_dispatcher import wiring
from whisperfarm_dispatcher.api import errors
from whisperfarm_dispatcher.api.auth import check_name
from whisperfarm_dispatcher.api.hosts import check_listening
from whisperfarm_dispatcher.api.keys import KeyRing, read_keys
from whisperfarm_dispatcher.api.middleware.access_log import AccessLog
from whisperfarm_dispatcher.api.middleware.close_connections import Farewell
from whisperfarm_dispatcher.api.openapi.info import ABOUT
from whisperfarm_dispatcher.api.rate_limit import open_pace
from whisperfarm_dispatcher.api.routes import callbacks, docs, health, jobs, schemas, transcribe
from whisperfarm_dispatcher.dependencies import Parts
from whisperfarm_dispatcher.maintenance.background import loops
from whisperfarm_dispatcher.readiness import Readiness
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.ledger import WORKER_LIVE_WITHIN_S

_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""FastAPI's telemetry would export queries, bodies, and the local variables of exceptions."""


def create_app(settings: DispatcherSettings, *, parts: Parts | None = None) -> FastAPI:
    """Return the application. Its lifespan runs the background tasks.

    `parts` are built from the settings if they are not given. Raises `SettingsWrong`.
    """
    keys = _keys(settings)
    check_listening(settings.host, has_keys=keys is not None)
    app = FastAPI(
        **ABOUT,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(check_name)],
        exception_handlers=errors.HANDLERS,
        lifespan=_run_loops,
        telemetry=_NO_TELEMETRY,
    )
    app.state.parts = parts or wiring.build(settings)
    app.state.keys = keys
    app.state.pace = open_pace(settings)
    app.state.readiness = _readiness(app.state.parts)
    app.add_middleware(Farewell, closing=app.state.parts.closing)
    app.add_middleware(AccessLog)
    for door in (jobs, callbacks, transcribe, schemas, health, docs):
        app.include_router(door.router)
    return app


def _keys(settings: DispatcherSettings) -> KeyRing | None:
    keys = settings.api_keys
    return None if keys is None else read_keys(keys.get_secret_value())


def _readiness(parts: Parts) -> Readiness:
    return Readiness(
        parts.ledger, parts.blobs, name=uuid.uuid4().hex, seen_within_s=WORKER_LIVE_WITHIN_S
    )


@asynccontextmanager
async def _run_loops(app: FastAPI) -> AsyncIterator[None]:
    async with loops(app.state.parts):
        yield
    await app.state.pace.close()
