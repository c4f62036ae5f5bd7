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

from whisperfarm.flags import flags, into_environment
from whisperfarm.readiness import wait_until_ready
from whisperfarm.supervisor.supervisor import Supervisor
from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_worker.settings import WorkerSettings

_SLACK_S = 10.0
"""Time that a part has to stop, in addition to the drain time of its jobs."""


@click.command()
@flags("data_dir", "host", "port", "presets", "concurrency", "device")
def up(**given: Any) -> None:
    """Run a whole farm on this machine.

    Dispatcher and worker run as two processes. SQLite, the blobs and the embedded broker are all in
    one data folder. A part that ends is restarted, including a worker that drained because of
    `whisperfarm drain`. Ctrl-C stops both; unfinished jobs continue at the next start.
    """
    into_environment(given)
    settings = DispatcherSettings()
    stop_limit_s = WorkerSettings().drain_s + _SLACK_S
    with _alone_in(settings.data_dir):
        sys.exit(asyncio.run(_run(settings, stop_limit_s)))


async def _run(settings: DispatcherSettings, stop_limit_s: float) -> int:
    _say(f"data folder {settings.data_dir}, presets {', '.join(settings.presets)}")
    supervisor = Supervisor(
        ("dispatcher", "worker"),
        stop_limit_s=stop_limit_s,
        say=_say,
        environment=lambda part: _own_ports(part, settings),
    )
    announce = asyncio.create_task(asyncio.to_thread(_announce, settings, supervisor))
    try:
        return await supervisor.run()
    finally:
        await announce


def _own_ports(part: str, settings: DispatcherSettings) -> dict[str, str]:
    """Return the worker's metrics port: two processes cannot listen on the same one."""
    if part != "worker" or not settings.metrics_port:
        return {}
    return {"WHISPERFARM_METRICS_PORT": str(settings.metrics_port + 1)}


def _announce(settings: DispatcherSettings, supervisor: Supervisor) -> None:
    """Print when the farm is ready. Runs in a separate thread."""
    url = f"http://{settings.host}:{settings.port}"
    wait_until_ready(url, say=_say, goes_on=lambda: not supervisor.stopping)


def _say(line: str) -> None:
    click.echo(f"whisperfarm: {line}", err=True)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Lock the data folder: two farms in one folder would claim each other's jobs.

    Raises `SettingsWrong` if another farm holds the lock.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise SettingsWrong(
                f"another farm (process {lock.read().strip() or 'unknown'}) uses {folder}; "
                "stop it, or set --data-dir to another folder"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
