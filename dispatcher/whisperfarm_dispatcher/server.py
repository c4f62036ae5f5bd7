"""The dispatcher's process: listens, and answers all waiting requests before it stops."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from typing import Any, cast

import uvicorn
from fastapi import FastAPI

from whisperfarm_dispatcher.api.middleware import header_timeout
from whisperfarm_dispatcher.api.middleware.connection_limits import (
    ConnectionLimits,
    connections_within,
    raise_descriptor_limit,
)
from whisperfarm_dispatcher.api.middleware.log_interval import LogInterval
from whisperfarm_dispatcher.app import create_app
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.forced_exit import exit_after
from whisperfarm_dispatcher.ledger_metrics import LedgerCollector
from whisperfarm_dispatcher.listener import open_listener
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store import events
from whisperfarm_store.ledger import WORKER_LIVE_WITHIN_S
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.metrics import (
    Metrics,
    free_bytes,
    initialize_labels,
    metrics_processor,
    serve_metrics,
)
from whisperfarm_store.traces import open_traces

SHUTDOWN_GRACE_S = 8
"""How long running requests may take after the process is asked to stop, in seconds."""

EXIT_WITHIN_S = 6.0
"""How long the process may take to stop after that, in seconds. Then it exits all the same."""


def serve(settings: DispatcherSettings) -> None:
    """Run the dispatcher in this process until SIGTERM or SIGINT. Raises `InvalidSettings`."""
    metrics = Metrics("dispatcher")
    with contextlib.closing(open_traces(settings, "dispatcher")) as traces, _stop_on_sigterm():
        configure_logs(
            settings.log_level,
            settings.log_format,
            component="dispatcher",
            processors=(metrics_processor(metrics), *traces.processors),
        )
        app = create_app(settings)
        _register_metrics(metrics, app.state.deps)
        with open_listener(settings) as listener, serve_metrics(settings, metrics):
            _log_listening(settings, listener)
            Server(app, on_signal=_exit_in_time).run(sockets=[listener])


def _exit_in_time() -> None:
    exit_after(SHUTDOWN_GRACE_S + EXIT_WITHIN_S)


class Server(uvicorn.Server):
    """Uvicorn server that notifies waiting requests before it shuts down.

    `on_signal` is called when a signal asks the process to stop.
    """

    def __init__(self, app: FastAPI, *, on_signal: Callable[[], None] = lambda: None) -> None:
        self._on_signal = on_signal
        self._deps = app.state.deps
        settings = self._deps.settings
        tls = settings.tls_context()
        max_connections = connections_within(raise_descriptor_limit(), settings.max_connections)
        super().__init__(
            uvicorn.Config(
                app,
                # Uvicorn would take another parser where one is installed.
                http=_protocol(settings, max_connections),
                # asyncio accepts a few times as many connections before it reports the first.
                backlog=max(1, max_connections // 4),
                h11_max_incomplete_event_size=header_timeout.MAX_HEADER_BYTES,
                lifespan="on",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ssl_context_factory=None if tls is None else lambda *_: tls,
                timeout_graceful_shutdown=SHUTDOWN_GRACE_S,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(_LoopErrors().handle)
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._on_signal()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        events.dispatcher.stopping.log(grace_s=SHUTDOWN_GRACE_S)
        self._deps.shutting_down.set()
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.close()  # idle ones; their clients connect to another dispatcher


def _protocol(settings: DispatcherSettings, max_connections: int) -> type[asyncio.Protocol]:
    """Return what makes the protocol of each connection; uvicorn only calls it."""
    limits = ConnectionLimits(
        max_connections=max_connections,
        max_per_address=settings.max_connections_per_address,
    )
    protocol = partial(header_timeout.HeaderTimeoutProtocol, limits=limits)
    return cast("type[asyncio.Protocol]", protocol)


class _LoopErrors:
    """Handles errors of the event loop. It logs once per interval that descriptors are exhausted:
    asyncio reports that thousands of times a second, each time with a traceback."""

    def __init__(self) -> None:
        self._log_interval = LogInterval()

    def handle(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in (errno.EMFILE, errno.ENFILE):
            loop.default_exception_handler(context)
        elif self._log_interval.is_due():
            events.dispatcher.descriptors_exhausted.log(error=str(error))


def _register_metrics(metrics: Metrics, deps: Dependencies) -> None:
    settings = deps.settings
    initialize_labels(metrics, preset=deps.presets, tenant=settings.tenants)
    collector = LedgerCollector(
        deps.ledger,
        presets=deps.presets,
        tenants=settings.tenants,
        live_within_s=WORKER_LIVE_WITHIN_S,
    )
    metrics.register_collector(collector.collect)
    blobs = settings.local_blobs_dir
    metrics.register_collector(
        free_bytes({"data": settings.data_dir, **({"blobs": blobs} if blobs else {})})
    )


@contextlib.contextmanager
def _stop_on_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, without an error.

    Uvicorn raises the signal that stopped it again, which would end the process with an error.
    """
    previous = signal.signal(signal.SIGTERM, _raise_interrupt)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _raise_interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _log_listening(settings: DispatcherSettings, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    events.dispatcher.listening.log(host=host, port=port, presets=list(settings.presets))
    if not settings.requires_key:
        events.dispatcher.keys_missing.log(
            host=host, message="no keys are set: only this machine can use the farm"
        )
