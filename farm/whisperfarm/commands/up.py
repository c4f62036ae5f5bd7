"""`whisperfarm up`: runs a dispatcher and a worker on this machine, and restarts them."""

import asyncio
import sys
from typing import Any

import click

from whisperfarm.console import report_line
from whisperfarm.data_dir_lock import lock_data_dir
from whisperfarm.flags import flags, set_environment
from whisperfarm.readiness import http_url, wait_until_ready
from whisperfarm.supervisor.supervisor import Supervisor
from whisperfarm_dispatcher.listener import open_listener
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.folders import create_folder
from whisperfarm_store.logs import configure_logs
from whisperfarm_worker.settings import EXIT_WITHIN_S, WorkerSettings

_SHUTDOWN_MARGIN_S = EXIT_WITHIN_S + 1.0
"""Time that a part has to stop, in addition to the drain time of its jobs."""


@click.command()
@flags("data_dir", "host", "port", "presets", "concurrency", "device")
def up(**flag_values: Any) -> None:
    """Run a whole farm on this machine.

    Dispatcher and worker run as two processes. SQLite, the blobs and the embedded broker are all in
    one data folder. A part that ends is restarted, including a worker that drained because of
    `whisperfarm drain`. Ctrl-C stops both; unfinished jobs continue at the next start.
    """
    set_environment(flag_values)
    settings = DispatcherSettings()
    configure_logs(settings.log_level, settings.log_format, component="farm")
    stop_timeout_s = WorkerSettings().drain_s + _SHUTDOWN_MARGIN_S
    create_folder(settings.data_dir, variable="WHISPERFARM_DATA_DIR")
    with lock_data_dir(settings.data_dir) as record_url:
        port = _free_port(settings)
        record_url(http_url(settings.host, port))
        sys.exit(asyncio.run(_run(settings, port, stop_timeout_s)))


def _free_port(settings: DispatcherSettings) -> int:
    """Return the port to listen on. Raises `InvalidSettings` if another process uses it.

    Without this check, the other process would answer in place of a dispatcher that cannot start.
    """
    with open_listener(settings) as listener:
        return int(listener.getsockname()[1])


async def _run(settings: DispatcherSettings, port: int, stop_timeout_s: float) -> int:
    report_line(f"data folder {settings.data_dir}, presets {', '.join(settings.presets)}")
    supervisor = Supervisor(
        ("dispatcher", "worker"),
        stop_timeout_s=stop_timeout_s,
        print_line=report_line,
        environment=lambda component: _own_ports(component, settings, port),
    )
    url = http_url(settings.host, port)
    announcement = asyncio.create_task(asyncio.to_thread(_announce, url, supervisor))
    try:
        return await supervisor.run()
    finally:
        await announcement


def _own_ports(component: str, settings: DispatcherSettings, port: int) -> dict[str, str]:
    """Return the dispatcher's port, which may have been 0, and the worker's metrics port: two
    processes cannot listen on the same one."""
    if component == "dispatcher":
        return {"WHISPERFARM_PORT": str(port)}
    if not settings.metrics_port:
        return {}
    return {"WHISPERFARM_METRICS_PORT": str(settings.metrics_port + 1)}


def _announce(url: str, supervisor: Supervisor) -> None:
    """Print when the farm is ready. Runs in a separate thread."""
    wait_until_ready(url, print_line=report_line, should_continue=lambda: not supervisor.stopping)
