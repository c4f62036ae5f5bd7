"""The dispatcher as an ASGI application."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from whisperfarm_dispatcher import wiring
from whisperfarm_dispatcher.api import errors
from whisperfarm_dispatcher.api.auth import authorize, check_host
from whisperfarm_dispatcher.api.authenticator import Authenticator
from whisperfarm_dispatcher.api.facades.asr_webservice import routes as asr_webservice
from whisperfarm_dispatcher.api.facades.deepgram import routes as deepgram
from whisperfarm_dispatcher.api.facades.linto import routes as linto
from whisperfarm_dispatcher.api.facades.openai import routes as openai
from whisperfarm_dispatcher.api.facades.opensource import routes as opensource
from whisperfarm_dispatcher.api.hosts import check_bind_address
from whisperfarm_dispatcher.api.ledger_keys import LedgerKeys
from whisperfarm_dispatcher.api.middleware.access_log import AccessLogMiddleware
from whisperfarm_dispatcher.api.middleware.close_connections import CloseConnectionsMiddleware
from whisperfarm_dispatcher.api.middleware.head_requests import HeadMiddleware
from whisperfarm_dispatcher.api.oidc.wiring import build_people
from whisperfarm_dispatcher.api.openapi.document import DescribedApp
from whisperfarm_dispatcher.api.openapi.endpoints import EVERYWHERE
from whisperfarm_dispatcher.api.openapi.info import INFO
from whisperfarm_dispatcher.api.rate_limit import open_rate_limiter
from whisperfarm_dispatcher.api.routes import (
    additions,
    audio,
    audit,
    batches,
    callbacks,
    custody,
    docs,
    erasure,
    events,
    forwards,
    health,
    holds,
    jobs,
    list_events,
    pauses,
    presets,
    revisions,
    schemas,
    speakers,
    transcribe,
    transfers,
    upload_tokens,
    usage,
    vocabularies,
    waveform,
)
from whisperfarm_dispatcher.api.tokens.wiring import build_verifier
from whisperfarm_dispatcher.custody import signer
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.maintenance.background import background_tasks
from whisperfarm_dispatcher.page import batches as batches_page
from whisperfarm_dispatcher.page import not_found, oidc, overview, sign_in
from whisperfarm_dispatcher.page import routes as page
from whisperfarm_dispatcher.readiness import Readiness
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.ledger import WORKER_LIVE_WITHIN_S

ROUTERS = tuple(
    module.router
    for module in (
        *(
            list_events,  # before a job with the id `events`
            jobs,
            audio,
            waveform,
            revisions,
            batches,
            events,
            callbacks,
            additions,
            custody,
            holds,
            erasure,
            transfers,
            upload_tokens,
            forwards,
            transcribe,
            presets,
            pauses,
            vocabularies,
            speakers,
            usage,
            audit,
            schemas,
        ),
        *(openai, deepgram, opensource, asr_webservice, linto),
        *(health, docs),
        *(page, batches_page, overview, sign_in, oidc),
    )
)
"""The routes of the API, those of each subject together."""

_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""FastAPI's telemetry would export queries, bodies, and the local variables of exceptions."""


def create_app(settings: DispatcherSettings, *, deps: Dependencies | None = None) -> FastAPI:
    """Return the application. Its lifespan runs the background tasks.

    `deps` are built from the settings if they are not given. Raises `InvalidSettings`.
    """
    check_bind_address(settings.host, requires_key=settings.requires_key)
    app = DescribedApp(
        **INFO,
        responses=EVERYWHERE,
        generate_unique_id_function=lambda route: route.name,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(check_host), Depends(authorize)],
        exception_handlers={**errors.HANDLERS, HTTPException: not_found.no_route},
        lifespan=_lifespan,
        telemetry=_NO_TELEMETRY,
    )
    app.state.deps = deps or wiring.build_dependencies(settings)
    app.state.authenticator = _authenticator(settings, app.state.deps)
    app.state.certificates = settings.certificate_verifier(settings.roles)
    app.state.rate_limiter = open_rate_limiter(settings)
    app.state.sign_custody = signer(settings.custody_key_file)
    app.state.readiness = _readiness(app.state.deps)
    app.add_middleware(CloseConnectionsMiddleware, shutting_down=app.state.deps.shutting_down)
    app.add_middleware(AccessLogMiddleware)
    app.add_middleware(HeadMiddleware)  # the outermost: all others see GET
    for router in ROUTERS:
        app.include_router(router)
    return app


def _authenticator(settings: DispatcherSettings, deps: Dependencies) -> Authenticator | None:
    if not settings.requires_key:
        return None
    roles = settings.roles
    tokens = build_verifier(settings.tokens, roles=roles, allowed=settings.networks)
    people = build_people(
        settings,
        roles=roles,
        allowed=settings.networks,
        clock_skew_s=settings.token_clock_skew_s,
    )
    return Authenticator(settings.key_ring, LedgerKeys(deps.ledger.api_keys), roles, tokens, people)


def _readiness(deps: Dependencies) -> Readiness:
    return Readiness(
        deps.ledger, deps.blobs, name=uuid.uuid4().hex, live_within_s=WORKER_LIVE_WITHIN_S
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with background_tasks(app.state.deps):
        yield
    await app.state.rate_limiter.close()
