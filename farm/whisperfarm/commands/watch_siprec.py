"""The flags of `whisperfarm watch` that name SIPREC's API."""

import os
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import click

from whisperfarm.console import report_line
from whisperfarm.watch.settings import WatchSettings
from whisperfarm.watch.siprec_api import SiprecApi
from whisperfarm.watch.siprec_submissions import SiprecSubmissions
from whisperfarm_client import api_key
from whisperfarm_client.api_key import KeyFile
from whisperfarm_store.metrics import Metrics

_URL, _TOKEN, _TOKEN_FILE, _FOLDER, _PROVIDER = VARIABLES = tuple(
    f"WHISPERFARM_SIPREC_{name}" for name in ("URL", "TOKEN", "TOKEN_FILE", "FOLDER", "PROVIDER")
)
_FLAGS = (
    click.option(
        "--siprec-url", envvar=_URL, metavar="URL",
        help="With `--layout siprec`: have SIPREC transcribe each call that is done through its own"
        f" provider, by its API at this address.  [{_URL}]",
    ),
    click.option(
        "--siprec-token-file", envvar=_TOKEN_FILE, type=click.Path(dir_okay=False),
        help=f"File with the token of that API.  [{_TOKEN}, {_TOKEN_FILE}]",
    ),
    click.option(
        "--siprec-folder", envvar=_FOLDER, metavar="FOLDER",
        help=f"The intake folder as SIPREC names it.  [{_FOLDER}; default: INTAKE]",
    ),
    click.option(
        "--siprec-provider", envvar=_PROVIDER, default="whisper", show_default=True, metavar="NAME",
        help=f"SIPREC's provider.  [{_PROVIDER}]",
    ),
)  # fmt: skip


class SiprecFlags(NamedTuple):
    """The values of the flags."""

    siprec_url: str | None
    siprec_token_file: str | None
    siprec_folder: str | None
    siprec_provider: str


def siprec_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags to a command."""
    for flag in reversed(_FLAGS):
        command = flag(command)
    return command


def submissions(
    flags: SiprecFlags, settings: WatchSettings, metrics: Metrics
) -> SiprecSubmissions | None:
    """Return what submits calls to SIPREC; `None` without an address. Raises `BadParameter`."""
    if not flags.siprec_url:
        return None
    parts = urlsplit(flags.siprec_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise click.BadParameter(
            "must be an address such as http://127.0.0.1:8080, without a key",
            param_hint="--siprec-url",
        )
    if settings.layout != "siprec" or settings.done != "leave":
        raise click.BadParameter(
            "needs --layout siprec, and --done leave: SIPREC reads the files later",
            param_hint="--siprec-url",
        )
    return SiprecSubmissions(
        SiprecApi(flags.siprec_url, token=_token(flags)),
        folder=PurePosixPath(flags.siprec_folder) if flags.siprec_folder else settings.intake,
        provider=flags.siprec_provider,
        metrics=metrics,
        print_line=report_line,
    )


def _token(flags: SiprecFlags) -> Callable[[], str] | None:
    if flags.siprec_token_file:
        return KeyFile(flags.siprec_token_file).read
    if given := os.environ.get(_TOKEN):
        token = api_key.check(given, _TOKEN)
        return lambda: token
    return None
