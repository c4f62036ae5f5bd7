"""`whisperfarm up`: runs a dispatcher and a worker on this machine, and restarts them."""

import asyncio
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from whisperfarm.flags import flags, set_environment
from whisperfarm.output import print_line
from whisperfarm.readiness import wait_until_ready
from whisperfarm.supervisor.supervisor import Supervisor
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_worker.settings import WorkerSettings

_SHUTDOWN_MARGIN_S = 10.0
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
    stop_timeout_s = WorkerSettings().drain_s + _SHUTDOWN_MARGIN_S
    with _lock_data_dir(settings.data_dir):
        sys.exit(asyncio.run(_run(settings, stop_timeout_s)))


async def _run(settings: DispatcherSettings, stop_timeout_s: float) -> int:
    _print_line(f"data folder {settings.data_dir}, presets {', '.join(settings.presets)}")
    supervisor = Supervisor(
        ("dispatcher", "worker"),
        stop_timeout_s=stop_timeout_s,
        print_line=_print_line,
        environment=lambda component: _own_ports(component, settings),
    )
    announcement = asyncio.create_task(asyncio.to_thread(_announce, settings, supervisor))
    try:
        return await supervisor.run()
    finally:
        await announcement


def _own_ports(component: str, settings: DispatcherSettings) -> dict[str, str]:
    """Return the worker's metrics port: two processes cannot listen on the same one."""
    if component != "worker" or not settings.metrics_port:
        return {}
    return {"WHISPERFARM_METRICS_PORT": str(settings.metrics_port + 1)}


def _announce(settings: DispatcherSettings, supervisor: Supervisor) -> None:
    """Print when the farm is ready. Runs in a separate thread."""
    url = f"http://{settings.host}:{settings.port}"
    wait_until_ready(url, print_line=_print_line, should_continue=lambda: not supervisor.stopping)


def _print_line(line: str) -> None:
    print_line(f"whisperfarm: {line}", err=True)


@contextmanager
def _lock_data_dir(folder: Path) -> Iterator[None]:
    """Lock the data folder: two farms in one folder would claim each other's jobs.

    Raises `InvalidSettings` if another farm holds the lock.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise InvalidSettings(
                f"another farm (process {lock.read().strip() or 'unknown'}) uses {folder}; "
                "stop it, or set --data-dir to another folder"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
