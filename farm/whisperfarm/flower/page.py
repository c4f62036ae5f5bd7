"""Flower's web application with the farm's options and access rules."""

import signal
from typing import Any

from flower.app import Flower
from flower.options import default_options
from flower.urls import settings as web_settings
from flower.views.monitor import Metrics
from tornado.httputil import HTTPServerRequest
from tornado.web import ErrorHandler, authenticated

from whisperfarm.existing_farm import require_folder
from whisperfarm.flower.settings import FlowerSettings
from whisperfarm.flower.summary import summarize
from whisperfarm_contract.problems import ClientError, InvalidSettings
from whisperfarm_dispatcher.api.hosts import check_host_header
from whisperfarm_store import events
from whisperfarm_store.broker import celery_app

_COLUMNS = "name,uuid,state,received,runtime,worker"
_MAX_TASKS = 10_000
_OFFLINE_AFTER_S = 3600


class _Page(Flower):  # type: ignore[misc]
    """Flower, which without a login rejects requests with another host than this machine.

    This prevents DNS rebinding: a web page whose host name resolves to a loopback address.
    """

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> Any:
        if not self.options.basic_auth:
            try:
                check_host_header(request.host, request.headers.get("Origin"))
            except ClientError:
                return self.get_handler_delegate(request, ErrorHandler, {"status_code": 403})
        return super().find_handler(request, **kwargs)


class _Metrics(Metrics):  # type: ignore[misc]
    """Flower's metrics behind the login; Flower itself serves them without."""

    @authenticated
    async def get(self) -> None:
        await super().get()


def serve(settings: FlowerSettings) -> None:
    """Serve until SIGTERM or SIGINT. Raises `InvalidSettings` if it cannot listen, or if the data
    folder of an embedded broker does not exist."""
    if settings.broker_url is None:
        require_folder(settings.data_dir, farm=settings.data_dir)
    page = _Page(capp=celery_app(settings), options=_options(settings), **web_settings)
    page.add_handlers(r".*", [(r"/metrics", _Metrics)])
    try:
        page.start_http_server()
    except OSError as error:
        raise InvalidSettings(
            f"WHISPERFARM_FLOWER_HOST, WHISPERFARM_FLOWER_PORT: cannot listen on "
            f"{settings.flower_host}:{settings.flower_port} ({error.strerror}); set another port"
        ) from error
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: page.io_loop.add_callback_from_signal(page.stop))
    _announce(settings)
    page.start()


def _options(settings: FlowerSettings) -> Any:
    """Set Flower's options, which are global to the process."""
    values = {
        "address": settings.flower_host,
        "port": settings.flower_port,
        "basic_auth": [settings.login] if settings.login else [],
        # Revoking a Celery task would not cancel its job in the ledger.
        "read_only": True,
        "format_task": summarize,
        "tasks_columns": _COLUMNS,
        "max_tasks": _MAX_TASKS,
        "purge_offline_workers": _OFFLINE_AFTER_S,
    }
    for name, value in values.items():
        setattr(default_options, name, value)
    return default_options


def _announce(settings: FlowerSettings) -> None:
    events.flower.listening.log(host=settings.flower_host, port=settings.flower_port)
    if settings.login is None:
        events.flower.login_missing.log()
