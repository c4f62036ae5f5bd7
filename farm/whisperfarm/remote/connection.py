"""The flags that name a farm by its URL, and the environment variables behind them."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import click

from whisperfarm.output import print_line
from whisperfarm.remote.farm import RemoteFarm
from whisperfarm_client import address
from whisperfarm_client.api import FarmApi
from whisperfarm_client.retry import Retrier
from whisperfarm_client.settings import DEFAULT_URL, read_key
from whisperfarm_client.transport import HttpConnection

_KEY, _KEY_FILE, _CA_FILE = (
    *("WHISPERFARM_API_KEY", "WHISPERFARM_API_KEY_FILE"),
    "WHISPERFARM_CA_FILE",
)

_FLAGS = (
    click.option("--url", help=f"The farm's address.  [WHISPERFARM_URL; default: {DEFAULT_URL}]"),
    click.option(
        "--api-key-file",
        type=click.Path(dir_okay=False),
        help=f"File with the API key.  [{_KEY}, {_KEY_FILE}]",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=30.0,
        show_default=True,
        metavar="S",
        help="Give up after S seconds if the farm does not answer or is busy.",
    ),
)


def farm_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags to a command, which passes them to `open_farm`."""
    for flag in reversed(_FLAGS):
        command = flag(command)
    return command


@contextmanager
def open_farm(*, url: str | None, api_key_file: str | None, timeout: float) -> Iterator[RemoteFarm]:
    """Connect to the farm for the block. Raises `InvalidSettings`."""
    chosen = url or os.environ.get("WHISPERFARM_URL", "").strip() or DEFAULT_URL
    key = read_key(api_key_file, {name: _variable(name) for name in (_KEY, _KEY_FILE)})
    connection = HttpConnection(address.parse(chosen), key=key, ca_file=_variable(_CA_FILE))
    retrier = Retrier(
        deadline=time.monotonic() + timeout,
        connect_timeout_s=timeout,
        notify=lambda reason: print_line(f"whisperfarm: waiting: {reason}", err=True),
    )
    with closing(connection):
        yield RemoteFarm(FarmApi(connection), connection.address, retrier)


def _variable(name: str) -> str | None:
    return os.environ.get(name, "").strip() or None
