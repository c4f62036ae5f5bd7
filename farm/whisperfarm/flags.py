"""Flags that several commands share. Each sets the environment variable of a setting.

Parts therefore read their settings from the environment alone, whether an operator, the supervisor
or a container starts them.
"""

import os
from collections.abc import Callable
from typing import Any

import click

_PREFIX = "WHISPERFARM_"

_PLACES = ("WHISPERFARM_DATABASE_URL", "WHISPERFARM_BLOB_URL")
"""Variables that place jobs and recordings outside the data folder."""

_OPTIONS = {
    "data_dir": click.option(
        "--data-dir",
        type=click.Path(file_okay=False, resolve_path=True),
        help="Folder of all data.  [default: ~/.local/share/whisperfarm]",
    ),
    "host": click.option("--host", help="Address to listen on.  [default: 127.0.0.1]"),
    "port": click.option(
        "--port", type=click.IntRange(0, 65535), help="Port to listen on.  [default: 8000]"
    ),
    "metrics_port": click.option(
        "--metrics-port",
        type=click.IntRange(0, 65535),
        help="Port that serves /metrics, /healthz and /readyz; 0: none.  [default: 0]",
    ),
    "metrics_host": click.option(
        "--metrics-host", help="Address that serves them.  [default: 127.0.0.1]"
    ),
    "presets": click.option(
        "--presets", help="Comma-separated presets or Whisper models to serve.  [default: demo]"
    ),
    "concurrency": click.option(
        "--concurrency",
        type=click.IntRange(1, 256),
        help="Jobs that a worker runs at once; their speech shares batches.  [default: 4]",
    ),
    "trace_file": click.option(
        "--trace",
        "trace_file",
        type=click.Path(dir_okay=False, resolve_path=True),
        help="Write stages and device calls to this file, for Perfetto.",
    ),
    "device": click.option(
        "--device", help="Device of the models: auto, cpu, cuda or cuda:N.  [default: auto]"
    ),
}


def flags(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds the named flags in this order."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for name in reversed(names):
            command = _OPTIONS[name](command)
        return command

    return add


def select_farm(values: dict[str, Any]) -> None:
    """Set the environment like `set_environment`, for a command that asks a farm.

    With --data-dir this is the farm of that folder: variables that name another one are ignored.
    """
    set_environment(values)
    if values.get("data_dir") is None:
        return
    for name in _PLACES:
        if os.environ.pop(name, ""):
            click.echo(f"whisperfarm: {name} is ignored because of --data-dir", err=True)


def set_environment(values: dict[str, Any]) -> None:
    """Set the environment variable of each flag that was given."""
    for name, value in values.items():
        if value is not None:
            os.environ[_PREFIX + name.upper()] = str(value)
