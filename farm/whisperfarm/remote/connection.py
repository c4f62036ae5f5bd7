"""The flags that name a farm by its URL, and the environment variables behind them."""

from collections.abc import Callable
from typing import Any

import click

from whisperfarm.output import print_line
from whisperfarm_client import Farm
from whisperfarm_client.settings import DEFAULT_URL

_ADDRESS_FLAGS = (
    click.option("--url", help=f"The farm's address.  [WHISPERFARM_URL; default: {DEFAULT_URL}]"),
    click.option(
        "--api-key-file",
        type=click.Path(dir_okay=False),
        help="File with the API key.  [WHISPERFARM_API_KEY, WHISPERFARM_API_KEY_FILE]",
    ),
)

_TIMEOUT_FLAG = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="S",
    help="Give up after S seconds if the farm does not answer or is busy.",
)


def farm_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags to a command, which passes them to `open_farm`."""
    return address_flags(_TIMEOUT_FLAG(command))


def address_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags of the URL and the key, for a command that has a timeout of its own."""
    for flag in reversed(_ADDRESS_FLAGS):
        command = flag(command)
    return command


def open_farm(*, url: str | None, api_key_file: str | None, timeout: float) -> Farm:
    """Return the farm of the flags. Raises `InvalidSettings`."""
    return Farm(url, api_key_file=api_key_file, timeout_s=timeout, notify=_print_waiting)


def _print_waiting(reason: str) -> None:
    print_line(f"whisperfarm: waiting: {reason}", err=True)
