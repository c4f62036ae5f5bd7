"""The dispatcher's process: listens, and answers all waiting requests before it stops."""

import contextlib
import signal
import socket
from collections.abc import Iterator
from types import FrameType

import uvicorn
from fastapi import FastAPI

from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_dispatcher.api.middleware import header_timeout
from whisperfarm_dispatcher.app import create_app
from whisperfarm_dispatcher.dependencies import Parts
from whisperfarm_dispatcher.ledger_metrics import LedgerGauges
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store import events
from whisperfarm_store.ledger import WORKER_LIVE_WITHIN_S
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.metrics import Meters, initialize_labels, metrics_processor, room_in, serving
from whisperfarm_store.traces import open_traces

GRACE_S = 8
"""How long running requests may take after the process is asked to stop, in seconds."""


def serve(settings: DispatcherSettings) -> None:
    """Run the dispatcher in this process until SIGTERM or SIGINT. Raises `SettingsWrong`."""
    meters = Meters("dispatcher")
    with contextlib.closing(open_traces(settings, "dispatcher")) as traces, _stoppable():
        configure_logs(
            settings.log_level,
            settings.log_format,
            component="dispatcher",
            watchers=(metrics_processor(meters), *traces.watchers),
        )
        app = create_app(settings)
        _measure(meters, app.state.parts)
        with listening(settings) as listener, serving(settings, meters):
            _announce(settings, listener)
            Server(app).run(sockets=[listener])


class Server(uvicorn.Server):
    """Uvicorn server that notifies waiting requests before it shuts down."""

    def __init__(self, app: FastAPI) -> None:
        self._parts = app.state.parts
        super().__init__(
            uvicorn.Config(
                app,
                # Uvicorn would take another parser where one is installed.
                http=header_timeout.PromptHeaders,
                h11_max_incomplete_event_size=header_timeout.MOST_BYTES,
                lifespan="on",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=GRACE_S,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        events.dispatcher.stopping.log(grace_s=GRACE_S)
        self._parts.closing.set()
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.close()  # idle ones; their clients connect to another dispatcher


def _measure(meters: Meters, parts: Parts) -> None:
    settings = parts.settings
    initialize_labels(meters, preset=parts.served, tenant=settings.tenants)
    gauges = LedgerGauges(
        parts.ledger,
        presets=parts.served,
        tenants=settings.tenants,
        seen_within_s=WORKER_LIVE_WITHIN_S,
    )
    meters.read_from(gauges.read)
    blobs = settings.blobs_folder
    meters.read_from(room_in({"data": settings.data_dir, **({"blobs": blobs} if blobs else {})}))


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, without an error.

    Uvicorn raises the signal that stopped it again, which would end the process with an error.
    """
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def listening(settings: DispatcherSettings) -> Iterator[socket.socket]:
    """Open the listening socket. Raises `SettingsWrong` if the address is not available."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise SettingsWrong(
            f"WHISPERFARM_HOST, WHISPERFARM_PORT: cannot listen on {settings.host}:{settings.port}"
            f" ({error.strerror}); stop the process that uses it, or set another port"
        ) from error
    with listener:
        # Connections inherit it. asyncio sets it only for sockets that name their protocol, which
        # this one does not. Without it, a response's body waits 40 ms for the ACK of its headers.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def _announce(settings: DispatcherSettings, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    events.dispatcher.listening.log(host=host, port=port, presets=list(settings.presets))
    if settings.api_keys is None:
        events.dispatcher.keys_missing.log(host=host)
